#!/bin/sh
# hardening.sh PROGRAM BUILD_TYPE: fails unless PROGRAM is what a program facing strangers should be: position
# independent, its relocations read-only before main, its stack not executable and guarded, and in a release the
# checked variants of the C library's functions called.
set -eu
export LC_ALL=C
program=$1 build_type=$2 bad=0

wants() # wants WHAT PATTERN, readelf's output on standard input
{
  grep -q -- "$2" && return
  echo "$program: $1 (readelf shows no: $2)" >&2
  bad=1
}

elf=${TMPDIR:-/tmp}/errata-elf-$$
trap 'rm -f "$elf"' EXIT
readelf -W -h -d -l --dyn-syms "$program" >"$elf"

wants 'is not position independent' '^  Type: *DYN' <"$elf"
wants 'is not marked as an executable that can be placed anywhere' 'Flags: .*PIE' <"$elf"
wants 'has relocations that stay writable' 'GNU_RELRO' <"$elf"
wants 'binds symbols late' 'FLAGS.*NOW' <"$elf"
wants 'has an executable stack' 'GNU_STACK .* RW  *0x' <"$elf"
wants 'has no stack protector' '__stack_chk_fail' <"$elf"
if [ "$build_type" = Release ]; then
  wants 'was built without _FORTIFY_SOURCE' '_chk@' <"$elf"
fi
if grep -q 'RPATH\|RUNPATH' "$elf"; then
  echo "$program: looks for libraries in a path of its own" >&2
  bad=1
fi
exit $bad

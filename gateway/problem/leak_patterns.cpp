#include "problem/leak_patterns.hpp"

namespace errata
{
namespace
{
using enum leak_kind;

// Grouped by what they betray. Each group is one automaton pass together with all the others, so that their number
// costs nothing; counted repetitions and `.*` would.
constexpr leak_pattern patterns[]{
    // Stack traces: Python, PHP, Ruby, generic headings
    {R"(Traceback \(most recent call last\)|(?i:\bstack ?trace:|\b(?:stack )?backtrace:|\bcall stack:|\b(?:framework|application|full) trace\b))",
     tail},
    {R"(\bstack traceback:|\bRequire stack:)", tail},
    {R"(\bFile "[^"\n]+", line \d+)", tail},
    {R"((?:^|\s)#\d+ (?:\{main\}|[^\s(]+\(\d+\): |0x[0-9a-f]+))", tail},
    {R"(\.rb:\d+:in )", tail, false, refine_source_location},
    // Java, Kotlin, .NET, Node: "at" frames on their own line or after an indent that somebody has flattened
    {R"((?:\n[ \t]*|[ \t][ \t]+)at (?:async |new )?[\w$.<>/\[\]:@`+-]+)", tail},
    {R"((?:[\w$]+\.)+[\w$<>]+\([\w$]+\.(?:java|kt|scala|groovy|clj):\d+\)|\((?:Native Method|Unknown Source|<anonymous>)\))",
     tail},
    {R"(\bnested exception is\b|\bCaused by: |---> |--- End of |\n\s*\.\.\. \d+ more\b|\bthrown in\b)", tail},
    {R"(\bUncaught (?:exception\b|[\w\\]*(?:Error|Exception|exception)\b)|\*\* \([A-Z][\w.]*\) )", tail},
    // Go, Rust, C++
    {R"(\bgoroutine \d+ \[|\bpanic: |\bruntime error: |\[signal SIG|\bpanicked at |RUST_BACKTRACE)", tail},
    {R"(\bterminate called |\bwhat\(\): |\+0x[0-9a-f]+\b|\bSegmentation fault|\bcore dumped\b)", tail},

    // Databases: error numbers and classes of drivers and mappers
    {R"(\bSQLSTATE\b|\bORA-\d\d\d\d\d|\bPLS-\d\d\d\d\d|\bPG::\w|\bMysql2::|\bSQLite3?::|\bSQLITE_[A-Z]+\b|\bER_(?:DUP|NO|PARSE|ACCESS_DENIED|LOCK|DATA|TRUNCATED|ROW_IS|BAD_(?:FIELD|DB|NULL|TABLE)|CON|QUERY|WRONG|SUBQUERY|NON)_[A-Z_]+\b)",
     tail},
    {R"(\bpsycopg2?\.|\bpymysql\.|\bsqlalchemy\.|\basyncpg\.|\bpq: |\bmysqli?_|\bPDO(?:Exception|::)|\bDoctrine\\DBAL|\bprisma\.\w+\.\w+\()",
     tail},
    {R"(\b(?:My)?S(?:QL|ql)\w*(?:Exception|Error)\b|\bQueryException\b|\bSequelize\w*Error\b|\bHibernate\w*Exception\b|\b[Jj][Dd][Bb][Cc]:|\bCould not open JDBC)",
     tail},
    {R"(\bE11000 |\bMongo\w*(?:Error|Exception)\b|\bRedis\w*(?:Exception|Error)\b)", tail},
    // (a store that speaks HTTP itself says these to its own clients)
    {R"(\bWRONGTYPE |\bNOAUTH |\bCROSSSLOT |\bMISCONF Redis)", tail, true},
    {R"(\b(?:Error|ERROR) \d\d\d\d \(\w\w\w\w\w\))", tail},
    // and what they say
    {R"((?i)\bsyntax error at or near\b|\berror in your sql syntax|\bincorrect syntax near\b|\bunclosed quotation mark\b|\bsql logic error\b|\bsqlite error\b)",
     tail},
    {R"((?i)\bnear "[^"\n]+": syntax error|\[microsoft\]\[|\bodbc (?:sql|driver)|\[unixodbc\])", tail},
    {R"((?i)\bduplicate key value violates\b|\bviolates (?:foreign key|not-null|check|unique|exclusion) constraint|\bduplicate entry '|\bviolation of (?:primary|unique) key\b|\bcannot insert (?:duplicate key|the value null)\b)",
     tail},
    {R"((?i)\b(?:unique|foreign key|not null|check) constraint failed\b|\bstatement conflicted with the\b|\brelation "[^"\n]+" does not exist|\bno such (?:table|column): )",
     tail},
    {R"((?i)\bunknown column '[^'\n]+' in '|\bcolumn '[^'\n]+' cannot be null|\btable '[^'\n]+\.[^'\n]+' doesn't exist|\binvalid object name '|\bdata too long for column\b|\bcolumn "[^"\n]+" of relation )",
     tail},
    {R"((?i)\bdeadlock (?:detected|found when)|\block wait timeout exceeded|\bdatabase is locked\b|\bcanceling statement due to\b|\bcurrent transaction is aborted\b|\bremaining connection slots\b|\bsorry, too many clients)",
     tail},
    {R"((?i)\b(?:password authentication|login) failed for user\b|\baccess denied for user '|\bcould not (?:connect to (?:server|host)|translate host name)\b|\bserver closed the connection unexpectedly|\bconnection to server (?:at|on) |\bcan(?:not|'t) (?:connect to|reach) (?:local |the )?(?:mysql|mariadb|postgres\w*|database|mongo\w*|redis|sql)\b|\bcould not execute statement|\bldaperr: dsid|\bdatabase "[^"\n]+" does not exist)",
     tail},
    {R"([\[(]SQL: |\bSELECT\b[^\n]*\sFROM\s+\S|\bINSERT INTO\s+\S+\s*[(SV]|\bUPDATE\s+\S+\s+SET\s+\S|\bDELETE FROM\s+\S|\b(?:CREATE|ALTER|DROP) TABLE\s)",
     tail},
    {R"(\bselect\s+\*\s+from\s|\bselect\s[^\n]*\sfrom\s[^\n]*\s(?:where\s[^\n]*[=<>]|order by\s|limit \d)|\binsert into\s+\S+\s*\(|\bupdate\s+\S+\s+set\s+\S+\s*=|\bdelete from\s+\S+\s+where\s+\S+\s*[=<>])",
     tail},

    // Files
    {R"(\bE(?:NOENT|ACCES|ISDIR|NOTDIR|PERM|MFILE|NFILE|NOSPC|ROFS)\b|\bfailed to open stream\b)", tail},
    {R"((?:/[\w.@+~$-]+)+/[\w.@+~$-]+)", token, false, refine_unix_path},
    {R"(\b[A-Za-z]:\\[\w.~$-]+|\b[A-Z]:/(?:Users|Program|Windows|inetpub|xampp|wamp|www|src|dev)\S*|\\\\[\w-][\w-][\w-]+\\[\w$.-]+)",
     token, false, refine_source_location},
    {R"([\w./\\-]*\w\.(?:py|rb|php|phtml|java|kt|scala|groovy|clj|go|rs|jsx?|tsx?|cjs|mjs|cs|vb|cpp|cc|cxx|hpp|c|h|pl|pm|exs?|erl|lua|swift|jsp|aspx|cshtml)(?::\d+|\(\d+|:line \d+|,? (?:on |at )?line \d+))",
     location, true, refine_source_location},
    {R"(\s*\(through reference chain: [^\n]*\)|\s+at \[Source: [^\n]*\])", location},
    {R"(\bServer at \S+ Port \d+)", location},

    // Classes, with the package they live in
    {R"((?:<class ')?\b(?:(?:[a-z_$][\w$]*\.)+(?:[A-Z]\w*\.)*|(?:System|Microsoft)\.(?:\w+\.)*|[A-Z]\w*\.(?:\w+\.)+)[A-Z][\w$]*(?:Exception|Error|Throwable)\b(?:'>)?)",
     prefix, false, refine_qualified_class},
    {R"(\b[A-Z]\w*(?:\\[A-Z]\w*)+(?:Exception|Error)\b|(?:#<)?\b[A-Z]\w*(?:::[A-Z]\w*)*::\w*(?:Error|Exception)\b|\b(?:ActiveRecord|ActionController|ActionView|ActionDispatch|ActiveModel)::\w+|\b[A-Z][A-Za-z0-9]*(?:_[A-Z]\w*)*_Exception\b)",
     prefix, false, refine_qualified_class},
    {R"(\b(?:[a-z_$][\w$]*\.)+[a-z_$][\w$]*\.[A-Z][\w$]+|\b[A-Z]\w*(?:\\[A-Z]\w*)+|\bstd::\w+)", token, true,
     refine_any_class},

    // Secrets
    {R"(-----BEGIN [A-Z ]*PRIVATE KEY)", tail},
    {R"(\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]*)", token},
    {R"(\b(?:AKIA|ASIA)[0-9A-Z]+|\bsk[-_][\w-]+|\brk_live_\w+|\bgh[pousr]_\w+|\bgithub_pat_\w+|\bglpat-[\w-]+|\bAIza[\w-]+|\bxox[abeoprs]-[\w-]+|\bSG\.[\w-]+\.[\w-]+|\bya29\.[\w-]+|\bhf_\w+|\bnpm_\w+|\bdop_v1_\w+|\bshp(?:at|ss|ca|pa)_\w+|\bwhsec_\w+)",
     token, false, refine_secret},
    {R"((?i)\bbearer\s+[\w.~+/=-]+|\bbasic\s+[\w+/=]+)", token, false, refine_secret},
    {R"((?i)\b[\w-]*(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|access[_-]?token|auth[_-]?token|refresh[_-]?token|client[_-]?secret)["']?\s*[=:]\s*["']?[^\s"',;&]+)",
     token, false, refine_assignment},
    // Where things are
    {R"((?i)\b(?:postgres(?:ql)?|mysql2?|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver|mssql|oracle|cassandra|clickhouse|memcached)://\w[^\s"']*|\b[a-z][a-z0-9+.-]*://[^\s/@"':]+:[^\s/@"']+@[^\s"']+)",
     token},
    {R"((?i)\b(?:kafka|ldaps?|smtps?|s?ftp|ssh|nats|zookeeper|tcp|udp|unix|file|grpc)://[^\s"']+)", token, true},
    {R"((?i)\b(?:server|data source|host)=[^;\s]+[; ]\s*(?:port|database|dbname|initial catalog|user id|uid|user|password|pwd)=[^\n]*|\btcp\([^)\s]+\)/?\w*)",
     token},
    {R"(\b\d+\.\d+\.\d+\.\d+(?::\d+)?)", token, true, refine_ipv4},
    {R"((?i)\b(?:f[cd][0-9a-f][0-9a-f]|fe80):[0-9a-f:]*[0-9a-f]|\[[0-9a-f:]*:[0-9a-f:]*\](?::\d+)?|(?:^|[\s\[(])::1\b)",
     token, true},
    {R"((?i)\b(?:[a-z0-9_-]+\.)+(?:internal|local|localdomain|lan|corp|intra|intranet|svc|consul|private|home\.arpa)\b(?::\d+)?|\blocalhost:\d+|\bip-\d+-\d+-\d+-\d+\b[\w.-]*)",
     token, true, refine_internal_host},
    {R"(\b(?:[A-Za-z0-9_-]+\.)*[A-Za-z][A-Za-z0-9_-]*:\d\d\d?\d?\d?\b)", token, true, refine_host_and_port},
    {R"((?i)\bhttps?://[a-z0-9_-]+(?::\d+)?(?:[/\s"'),]|$))", token, true, refine_single_label_url},
    {R"((?i)\bhost(?:name)?:? ["'`]?[a-z][a-z_-]*\d[\w-]*["'`]?)", location, true},
    // What programs say about themselves: mistakes in them, and connections that they make
    {R"(\bException in thread "[^"\n]*")", location},
    {R"(\bat node:[\w/:.]+)", location},
    {R"(\b(?:Type|Value|Key|Index|Runtime|Attribute|Reference|Syntax|Range|Standard|Argument|NoMethod|Name|ZeroDivision|Assertion|Import|ModuleNotFound|UnboundLocal|Recursion|NotImplemented|Unicode\w+|Operational|Programming|Integrity|OS|IO)Error\b|\b(?:Runtime|NullPointer|NullReference|IllegalState|IllegalArgument|ClassCast|\w*IndexOutOfBounds|NumberFormat|ConcurrentModification|UnsupportedOperation|InvalidOperation|ArgumentNull|ArgumentOutOfRange|KeyNotFound|IO|Socket)Exception\b)", prefix,
     true, refine_qualified_class},
    {R"(\bundefined (?:local variable or )?method [`'"]|'NoneType' object|\bCannot read propert(?:y|ies) |\bis not a function\b|\bCannot invoke "|\bObject reference not set\b|\bCan't (?:locate object|call) method |\bUndefined subroutine |\bCall to (?:undefined|a member) |\bUndefined (?:index|offset|array key|variable|property)\b|\bnil pointer |\binvalid memory address|\bindex out of range\b|\bcolumn "[^"\n]+" does not exist)",
     tail, true},
    {R"(\bCannot destructure property |\bUnexpectedly found nil\b|\battempt to (?:index|call|compare|concatenate) |\bcannot import name )",
     tail, true},
    {R"((?i)\bstack level too deep|\bmaximum call stack size|\ballowed memory size of \d|\bmaximum execution time of \d|\bjava heap space)",
     tail, true},
    {R"((?i)\bmysql server has gone away|\blost connection to mysql|\bconnectionstring property\b)", tail, true},
    {R"(\bdial (?:tcp|udp|unix)\b|\bgetaddrinfo\b|\bE(?:CONNREFUSED|CONNRESET|NOTFOUND|HOSTUNREACH|AI_AGAIN|NETUNREACH)\b|\[Errno -?\d+\]|\bHTTPS?ConnectionPool\(|\bMax retries exceeded with url|\bcURL error \d+|\blookup \S+(?: on \S+)?: |\bno such host\b|\bName or service not known|\bx509: |\btls: [a-z])",
     tail, true},
};
} // namespace

std::span<leak_pattern const> leak_patterns() noexcept
{
    return patterns;
}

} // namespace errata

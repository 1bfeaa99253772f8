#include "problem/charset.hpp"

#include "problem/field.hpp"
#include "problem/media_type.hpp"
#include "problem/utf8.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace errata
{
namespace
{
constexpr auto npos = std::string_view::npos;

struct charset
{
    std::string_view label; ///< as upstreams write it, in lower case
    char const* name;       ///< as iconv knows it
    unsigned unit = 1;      ///< bytes to skip where the text is invalid
};

// What upstreams say, and what browsers take it to mean (WHATWG Encoding): a superset where there is one. Nothing else
// reaches iconv, which would load a module from disk for any name.
constexpr std::array charsets{
    charset{"utf-8", "UTF-8"},
    charset{"utf8", "UTF-8"},
    charset{"us-ascii", "CP1252"},
    charset{"ascii", "CP1252"},
    charset{"iso-8859-1", "CP1252"},
    charset{"iso8859-1", "CP1252"},
    charset{"latin1", "CP1252"},
    charset{"iso-8859-2", "ISO-8859-2"},
    charset{"iso-8859-3", "ISO-8859-3"},
    charset{"iso-8859-4", "ISO-8859-4"},
    charset{"iso-8859-5", "ISO-8859-5"},
    charset{"iso-8859-6", "ISO-8859-6"},
    charset{"iso-8859-7", "ISO-8859-7"},
    charset{"iso-8859-8", "ISO-8859-8"},
    charset{"iso-8859-9", "CP1254"},
    charset{"iso-8859-10", "ISO-8859-10"},
    charset{"iso-8859-11", "CP874"},
    charset{"iso-8859-13", "ISO-8859-13"},
    charset{"iso-8859-14", "ISO-8859-14"},
    charset{"iso-8859-15", "ISO-8859-15"},
    charset{"iso-8859-16", "ISO-8859-16"},
    charset{"windows-874", "CP874"},
    charset{"tis-620", "CP874"},
    charset{"windows-1250", "CP1250"},
    charset{"windows-1251", "CP1251"},
    charset{"windows-1252", "CP1252"},
    charset{"windows-1253", "CP1253"},
    charset{"windows-1254", "CP1254"},
    charset{"windows-1255", "CP1255"},
    charset{"windows-1256", "CP1256"},
    charset{"windows-1257", "CP1257"},
    charset{"windows-1258", "CP1258"},
    charset{"cp1250", "CP1250"},
    charset{"cp1251", "CP1251"},
    charset{"cp1252", "CP1252"},
    charset{"koi8-r", "KOI8-R"},
    charset{"koi8-u", "KOI8-U"},
    charset{"ibm866", "IBM866"},
    charset{"cp866", "IBM866"},
    charset{"macintosh", "MACINTOSH"},
    charset{"shift_jis", "CP932"},
    charset{"shift-jis", "CP932"},
    charset{"sjis", "CP932"},
    charset{"x-sjis", "CP932"},
    charset{"windows-31j", "CP932"},
    charset{"ms932", "CP932"},
    charset{"euc-jp", "EUC-JP-MS"},
    charset{"x-euc-jp", "EUC-JP-MS"},
    charset{"iso-2022-jp", "ISO-2022-JP"},
    charset{"gb2312", "GB18030"},
    charset{"gbk", "GB18030"},
    charset{"x-gbk", "GB18030"},
    charset{"cp936", "GB18030"},
    charset{"gb18030", "GB18030"},
    charset{"euc-cn", "GB18030"},
    charset{"big5", "BIG5-HKSCS"},
    charset{"big5-hkscs", "BIG5-HKSCS"},
    charset{"euc-tw", "EUC-TW"},
    charset{"euc-kr", "CP949"},
    charset{"ks_c_5601-1987", "CP949"},
    charset{"cp949", "CP949"},
    charset{"utf-16", "UTF-16LE", 2},
    charset{"utf-16le", "UTF-16LE", 2},
    charset{"utf-16be", "UTF-16BE", 2},
    charset{"ucs-2", "UTF-16LE", 2},
    charset{"utf-32", "UTF-32LE", 4},
    charset{"utf-32le", "UTF-32LE", 4},
    charset{"utf-32be", "UTF-32BE", 4},
};

charset const* find_charset(std::string_view label) noexcept
{
    if(label.empty())
        return nullptr;
    auto const* const found =
        std::find_if(charsets.begin(), charsets.end(), [&](auto const& c) { return iequals(c.label, label); });
    return found == charsets.end() ? nullptr : found;
}

struct byte_order_mark
{
    std::string_view bytes, label;
};
using namespace std::string_view_literals;
// The longer ones first: UTF-32LE's begins with UTF-16LE's.
constexpr std::array byte_order_marks{
    byte_order_mark{"\xEF\xBB\xBF"sv, "utf-8"},    byte_order_mark{"\xFF\xFE\0\0"sv, "utf-32le"},
    byte_order_mark{"\0\0\xFE\xFF"sv, "utf-32be"}, byte_order_mark{"\xFF\xFE"sv, "utf-16le"},
    byte_order_mark{"\xFE\xFF"sv, "utf-16be"},
};

/// Text of two or four bytes a character begins with ASCII, so with zero bytes: which ones says which form it is.
std::string_view wide_form(std::string_view s) noexcept
{
    if(s.size() < 4)
        return {};
    auto const zero = [&](std::size_t i) { return s[i] == '\0'; };
    if(!zero(0) && zero(1) && zero(2) && zero(3))
        return "utf-32le";
    if(zero(0) && zero(1) && zero(2) && !zero(3))
        return "utf-32be";
    if(!zero(0) && zero(1) && !zero(2) && zero(3))
        return "utf-16le";
    if(zero(0) && !zero(1) && zero(2) && !zero(3))
        return "utf-16be";
    return {};
}

/// The value behind `name=` near the beginning of markup: an XML declaration's encoding or a meta element's charset.
std::string_view markup_label(std::string_view body) noexcept
{
    constexpr std::size_t near = 2048;
    auto const head = body.substr(0, near);
    if(auto const first = head.find_first_not_of(" \t\r\n"); first == npos || head[first] != '<')
        return {};
    for(auto equals = head.find('='); equals != npos; equals = head.find('=', equals + 1))
    {
        auto const before = head.substr(0, equals);
        if(!iends_with(before, "charset") && !iends_with(before, "encoding"))
            continue;
        auto value = head.substr(equals + 1);
        value.remove_prefix(std::min(value.size(), value.find_first_not_of("\"' ")));
        return value.substr(0, value.find_first_of("\"' />?;"));
    }
    return {};
}

std::string_view converted(std::string_view body, charset const& from, arena& memory)
{
    auto const converter = iconv_open("UTF-8", from.name);
    if(converter == reinterpret_cast<iconv_t>(-1)) // the module is not installed
        return repaired_utf8(body, memory);

    // No byte of any of these becomes more than three of UTF-8, and nor does an invalid one.
    std::size_t const room = 3 * body.size() + 8;
    auto* const begin = memory.allocate(room);
    auto* out = begin;
    auto* in = const_cast<char*>(body.data()); // iconv's signature; it does not write there
    std::size_t in_left = body.size(), out_left = room;
    while(in_left > 0 && iconv(converter, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1) &&
          (errno == EILSEQ || errno == EINVAL) && out_left > 4)
    {
        auto const replaced = put_utf8(0xFFFD, out);
        out += replaced;
        out_left -= replaced;
        auto const skipped = errno == EINVAL ? in_left : std::min<std::size_t>(in_left, from.unit);
        in += skipped;
        in_left -= skipped;
    }
    iconv_close(converter);
    return repaired_utf8({begin, static_cast<std::size_t>(out - begin)}, memory);
}

/// Well-formed UTF-8 under another label: bytes of a single-byte charset hardly ever look like that, and in a
/// multi-byte one not three times in a row.
bool refutes(std::string_view utf8, charset const& label) noexcept
{
    if(label.unit > 1)
        return true;
    bool const single_byte =
        std::string_view{label.name}.starts_with("CP12") || std::string_view{label.name}.starts_with("ISO-8859");
    std::size_t sequences = 0;
    for(std::size_t i = ascii_prefix(utf8); i < utf8.size(); i += ascii_prefix(utf8.substr(i)))
    {
        i += utf8_sequence(utf8.substr(i));
        ++sequences;
    }
    return single_byte || sequences >= 3;
}

/// Unlabelled text that is not UTF-8: mostly ASCII with single high bytes between is windows-1252, as browsers take it.
bool looks_western(std::string_view body) noexcept
{
    std::size_t high = 0;
    for(std::size_t i = 0; i < body.size(); ++i)
    {
        auto const c = static_cast<unsigned char>(body[i]);
        if(c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return false;
        if(c < 0x80)
            continue;
        ++high;
        if(c < 0xA0 || utf8_sequence(body.substr(i)) > 0)
            return false;
    }
    return high * 4 <= body.size();
}

/// May this have a charset of its own? JSON is UTF-8 whatever it is called (RFC 8259 8.1).
bool may_be_western(std::string_view body, std::string_view type) noexcept
{
    auto const first = body.find_first_not_of(" \t\r\n");
    bool const json = first != npos && (body[first] == '{' || body[first] == '[');
    return !json && (type.empty() || iequals(type.substr(0, 5), "text/")) && looks_western(body);
}
} // namespace

std::string_view to_utf8(std::string_view body, std::string_view content_type, arena& memory)
{
    for(auto const& mark : byte_order_marks)
        if(body.starts_with(mark.bytes))
        {
            body.remove_prefix(mark.bytes.size());
            auto const* const known = find_charset(mark.label);
            return known->label == "utf-8" ? repaired_utf8(body, memory) : converted(body, *known, memory);
        }
    if(auto const* const wide = find_charset(wide_form(body)))
        return converted(body, *wide, memory);

    constexpr char escape = '\x1B'; // ISO-2022-JP is ASCII to look at
    bool const ascii = ascii_prefix(body) == body.size();
    if(ascii && body.find(escape) == npos)
        return body;
    auto const* label = find_charset(charset_parameter(content_type));
    if(!label)
        label = find_charset(markup_label(body));
    bool const good = utf8_prefix(body) == body.size();
    if(good && (!label || (!ascii && refutes(body, *label))))
        return body;
    if(label && std::string_view{label->name} != "UTF-8")
        return converted(body, *label, memory);
    if(!good && !label && may_be_western(body, essence(content_type)))
        return converted(body, *find_charset("windows-1252"), memory);
    return repaired_utf8(body, memory);
}

} // namespace errata

#include "problem/reading.hpp"

#include "problem/canonical_code.hpp"
#include "problem/decode.hpp"
#include "problem/leak_guard.hpp"
#include "problem/media_type.hpp"
#include "problem/merge.hpp"
#include "problem/octets.hpp"
#include "problem/recognize.hpp"
#include "problem/render.hpp"

#include <algorithm>

namespace errata
{
namespace
{
constexpr std::size_t longest_text = 4096, longest_field = 1024, longest_id = 200, longest_link = 2048;
/// Of field errors, their number and octets: a long name around many short ones stands in each one's pointer, and what
/// goes out should not be more than the next gateway reads.
constexpr std::size_t most_errors = 1000, most_of_errors = 96 * 1024;

/// All Content-Encoding lines as one list, in the order in which they were applied (RFC 9110 5.3).
std::string_view codings_of(field_list fields, arena& memory)
{
    std::string_view first;
    std::string joined;
    for(auto const& f : fields)
    {
        if(!iequals(f.name, "Content-Encoding") || f.value.empty())
            continue;
        if(first.empty())
            first = f.value;
        else
            (joined.empty() ? joined = first : joined) += std::string{", "} += f.value;
    }
    return joined.empty() ? first : memory.keep(joined);
}

/// What can be read of a body whose end is missing: pages and plain text begin with what matters; half a JSON or XML
/// document may say the opposite of the whole.
bool reads_from_start(std::string_view content_type) noexcept
{
    auto const type = essence(content_type);
    return iequals(type, "text/html") || iequals(type, "text/plain") || iequals(type, "application/xhtml+xml");
}

struct decoded
{
    std::string_view body;
    std::string_view trouble;
};

decoded decode_body(upstream_answer const& reply, std::size_t limit, arena& memory)
{
    auto const codings = codings_of(reply.fields, memory);
    std::string_view trouble;
    if(!reply.complete)
        trouble = reply.trouble.empty() ? "http_response_incomplete" : reply.trouble;
    if(codings.empty())
    {
        auto const fits = reply.body.size() <= limit;
        return {reply.body.substr(0, limit), !trouble.empty() || fits ? trouble : "http_response_body_size"};
    }
    std::string_view prefix;
    auto const whole = decode_content(reply.body, codings, limit, memory, &prefix);
    if(whole)
        return {*whole, trouble};
    if(trouble.empty())
        trouble = whole.error() == decode_error::too_large ? "http_response_body_size" : "http_response_content_coding";
    return {prefix, trouble};
}

/// At most `limit` bytes, never half a character.
std::string_view shortened(std::string_view text, std::size_t limit) noexcept
{
    if(text.size() <= limit)
        return text;
    while(limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80)
        --limit;
    return text.substr(0, limit);
}

/// What stands in no plain name, nor between several.
struct beyond_names
{
    static bool is(char c) noexcept
    {
        auto const lower = static_cast<char>(c | 0x20);
        return !(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-';
    }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
        auto const letter = octets_within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
        auto const digit = _mm_andnot_si128(is('/'), octets_within(block, '-', '9')); // with - and .
        return _mm_xor_si128(_mm_or_si128(_mm_or_si128(letter, digit), is('_')), _mm_set1_epi8(-1));
    }
#endif
};

class text_guard
{
public:
    text_guard(expose level, bool server_error, arena& memory) noexcept
        : level_(level), server_error_(server_error), memory_(memory)
    {
    }

    /// A sentence: what is clean of it stays.
    void sentence(std::string_view& text)
    {
        if(level_ == expose::none)
            text = {};
        if(text.empty())
            return;
        text = shortened(text, longest_text);
        if(level_ == expose::all || text == clean_)
            return;
        auto const left = guard(text, server_error_, memory_);
        if(!left.removed)
            clean_ = text;
        text = left.text;
        removed_ += left.removed;
    }

    /// Something that is whole or nothing.
    void token(std::string_view& text, std::size_t limit)
    {
        if(text.size() > limit)
            text = {};
        if(text.empty() || level_ == expose::all || !leaks(text, server_error_))
            return;
        text = {};
        ++removed_;
    }

    /// Judged as it came and as it goes out: `er_dup_entry` names no driver's error, `ER_DUP_ENTRY` does. So may the
    /// JSON text, with blanks around it or a prefix; it can only be judged where nothing in it is escaped. Returns what
    /// goes out.
    [[nodiscard]] std::string_view code(std::string_view& text, std::string_view& source)
    {
        token(text, longest_text);
        auto const same = source == text || (source.size() == text.size() + 2 && source.substr(1, text.size()) == text);
        auto const hides = !same && (source.find('\\') != source.npos || leaks(source, server_error_));
        if(text.empty() || (hides && level_ != expose::all))
            source = {};
        auto const canonical = canonical_code(text, memory_);
        if(canonical.data() == text.data() || level_ == expose::all || !leaks(canonical, server_error_))
            return canonical;
        text = source = {};
        ++removed_;
        return {};
    }

    /// Judged as it came and as the pointer that it becomes: behind a sign, as in `:.proc.t`, what follows may seem to
    /// begin a path there. Between plain names nothing does.
    void field(std::string_view& path)
    {
        path = shortened(path, longest_field);
        token(path, longest_field);
        auto const* const end = path.data() + path.size();
        if(find_octet<beyond_names>(path.data(), end) == end)
            return;
        std::string pointer;
        json_writer json{pointer};
        write_pointer(path, json);
        std::string_view shown = json.text();
        token(shown, shown.size());
        if(shown.empty())
            path = {};
    }

    [[nodiscard]] unsigned removed() const noexcept { return removed_; }

private:
    expose level_;
    bool server_error_;
    arena& memory_;
    unsigned removed_ = 0;
    std::string_view clean_; ///< the sentence that was so last: a list of errors repeats its sentences
};

bool is_web_link(std::string_view uri) noexcept
{
    return uri.starts_with("https://") || uri.starts_with("http://");
}

unsigned guard_texts(recognized& found, unsigned status, expose level, arena& memory)
{
    text_guard guard{level, status >= 500, memory};
    guard.sentence(found.detail);
    guard.sentence(found.oauth_description);
    if(level == expose::none || !is_web_link(found.help))
        found.help = {};
    guard.token(found.help, longest_link);
    guard.token(found.oauth_error, longest_text);
    guard.token(found.oauth_uri, longest_link);
    found.canonical_code = guard.code(found.code, found.code_source);
    std::size_t kept = 0, written = 0;
    for(auto& e : found.errors)
    {
        guard.sentence(e.detail);
        guard.token(e.code, longest_text);
        guard.field(e.field);
        written += 3 * e.field.size() + e.detail.size() + e.code_source.size(); // a pointer is percent-encoded
        if(kept == most_errors || written > most_of_errors)
            break;
        ++kept;
    }
    found.errors.resize(kept);
    guard.token(found.request_id, longest_id);
    return guard.removed();
}
} // namespace

void read_body(upstream_answer const& reply, error_policy const& errors, reading& out)
{
    out.memory.release();
    auto [body, trouble] = decode_body(reply, errors.max_body, out.memory);
    auto const type = value_of(reply.fields, "Content-Type");
    if(!trouble.empty() && !reads_from_start(type))
        body = {};
    document::limits limits;
    limits.max_depth = errors.max_depth;
    out.doc.read(body, type, limits, out.memory);
    if(!trouble.empty() && out.doc.shape() != document::form::html && out.doc.shape() != document::form::text)
        out.doc.read({}, type, limits, out.memory);
    out.trouble = trouble;
    out.leaks = 0;
    out.rest.found = false;
}

void recognize_body(upstream_answer const& reply, unsigned status, error_policy const& errors, reading& out)
{
    auto const& dialects = errors.dialects ? *errors.dialects : builtin_dialects();
    recognize(out.doc, {status, reply.fields}, dialects, out.memory, out.found);
    out.leaks = guard_texts(out.found, status, errors.exposed, out.memory);
    out.canonical = is_canonical_document(out.doc);
}

void read_error(upstream_answer const& reply, error_policy const& errors, reading& out)
{
    read_body(reply, errors, out);
    recognize_body(reply, reply.status, errors, out);
}

} // namespace errata

#include "problem/json_reader.hpp"

#include "problem/json_repair.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <array>
#include <cstring>
#include <functional>
#include <utility>

namespace errata
{
namespace
{
namespace json = boost::json;
using kind = document::kind;
using index = document::index;

bool is_space(char c) noexcept
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string_view skip_space(std::string_view s) noexcept
{
    while(!s.empty() && (is_space(s.front()) || s.front() == '\0'))
        s.remove_prefix(1);
    return s;
}

/// Builds the tree from the parser's events. The events do not say where they are: `at_` is where the last token ended,
/// and the next one starts behind white space, `:` and `,`, all of which the parser has already approved.
class json_handler
{
public:
    static constexpr std::size_t max_object_size = json::string_view::npos;
    static constexpr std::size_t max_array_size = json::string_view::npos;
    static constexpr std::size_t max_key_size = json::string_view::npos;
    static constexpr std::size_t max_string_size = json::string_view::npos;
    using error = json::error_code;
    using view = json::string_view;

    json_handler(std::string_view text, document_builder& out, arena& memory) noexcept
        : begin_(text.data()), end_(text.data() + text.size()), at_(begin_), out_(out), memory_(memory)
    {
    }

    [[nodiscard]] char const* position() const noexcept { return at_; }

    bool on_document_begin(error&) noexcept { return true; }
    bool on_document_end(error&) noexcept { return true; }
    bool on_object_begin(error&) { return open(kind::object); }
    bool on_array_begin(error&) { return open(kind::array); }
    bool on_object_end(std::size_t, error&) { return close(); }
    bool on_array_end(std::size_t, error&) { return close(); }

    bool on_key_part(view s, std::size_t, error&) { return part(s); }
    bool on_string_part(view s, std::size_t, error&) { return part(s); }
    bool on_key(view s, std::size_t, error&)
    {
        name_ = string(s).text;
        return true;
    }
    bool on_string(view s, std::size_t, error&)
    {
        auto const [text, source] = string(s);
        return leaf(kind::string, text, source);
    }

    bool on_number_part(view, error&) noexcept { return true; }
    bool on_int64(std::int64_t, view s, error&) { return number(s); }
    bool on_uint64(std::uint64_t, view s, error&) { return number(s); }
    bool on_double(double, view s, error&) { return number(s); }
    bool on_bool(bool b, error&) { return literal(kind::boolean, b ? 4 : 5); }
    bool on_null(error&) { return literal(kind::null, 4); }
    bool on_comment_part(view, error&) noexcept { return true; }
    bool on_comment(view, error&) noexcept { return true; }

private:
    struct string_token
    {
        std::string_view text, source;
    };

    char const* token() const noexcept
    {
        auto const* p = at_;
        while(p != end_ && (is_space(*p) || *p == ':' || *p == ','))
            ++p;
        return p;
    }

    static std::string_view between(char const* from, char const* to) noexcept
    {
        return {from, static_cast<std::size_t>(to - from)};
    }

    bool open(kind type)
    {
        auto const* const start = token();
        at_ = start + 1;
        if(skipped_ > 0)
            return ++skipped_, true;
        // The empty view remembers where the container starts until its end is seen.
        auto const node = out_.add(open_, type, std::exchange(name_, {}), {}, between(start, start));
        if(node == document::none || depth_ == out_.max_depth())
        {
            out_.cut();
            opaque_ = node;
            skipped_ = 1;
            return true;
        }
        open_ = node;
        out_.reached(++depth_);
        return true;
    }

    bool close()
    {
        at_ = token() + 1;
        if(skipped_ > 0)
        {
            if(--skipped_ == 0 && opaque_ != document::none)
                end(opaque_);
            return true;
        }
        end(open_);
        open_ = out_.parent(open_);
        --depth_;
        return true;
    }

    void end(index node) noexcept { out_.set_source(node, between(out_.node(node).source.data(), at_)); }

    bool leaf(kind type, std::string_view text, std::string_view source)
    {
        if(skipped_ == 0)
            out_.add(open_, type, name_, text, source);
        name_ = {};
        return true;
    }

    /// The whole text is there at once, so that a number always comes in one piece.
    bool number(view s)
    {
        at_ = s.data() + s.size();
        return leaf(kind::number, {s.data(), s.size()}, {s.data(), s.size()});
    }

    bool literal(kind type, std::size_t length)
    {
        auto const* const start = token();
        at_ = start + length;
        return leaf(type, {start, length}, {start, length});
    }

    /// The closing quote of the string whose opening quote is at `open`, or the end of the text.
    char const* closing_quote(char const* open) const noexcept
    {
        auto const* p = open + 1;
        while(p != end_ && *p != '"')
            p += *p == '\\' && p + 1 != end_ ? 2 : 1;
        return p;
    }

    /// A piece of a string with escapes. Decoding never makes it longer, so that its source says how much room it
    /// needs.
    bool part(view s)
    {
        if(!decoded_)
        {
            auto const* const start = token();
            decoded_ = memory_.allocate(static_cast<std::size_t>(closing_quote(start) - start));
            decoded_size_ = 0;
        }
        if(!s.empty())
            std::memcpy(decoded_ + decoded_size_, s.data(), s.size());
        decoded_size_ += s.size();
        return true;
    }

    string_token string(view s)
    {
        std::less<> const before; // of pointers into any text
        if(!decoded_ && !before(s.data(), begin_) && before(s.data(), end_))
        {
            at_ = s.data() + s.size() + 1;
            return {{s.data(), s.size()}, between(s.data() - 1, at_)};
        }
        auto const* const start = token();
        part(s);
        at_ = closing_quote(start) + 1;
        return {{std::exchange(decoded_, nullptr), decoded_size_}, between(start, at_)};
    }

    char const* begin_;
    char const* end_;
    char const* at_;
    document_builder& out_;
    arena& memory_;
    std::string_view name_;
    index open_ = document::none;   ///< the innermost container
    index opaque_ = document::none; ///< a container whose inside is not read
    std::size_t depth_ = 0;
    std::size_t skipped_ = 0; ///< how many containers deep we are in what is not read
    char* decoded_ = nullptr;
    std::size_t decoded_size_ = 0;
};

enum class outcome
{
    whole,
    broken,
    nothing
};

// Our own limit keeps what is deeper as a slice; this one bounds the parser's recursion (some 200 bytes a level).
constexpr std::size_t parser_depth = 512;

outcome parse(std::string_view text, document_builder& out, arena& memory)
{
    json::parse_options options;
    options.max_depth = parser_depth;
    options.allow_invalid_utf8 = true; // it has been checked, and checking again costs
    json::basic_parser<json_handler> parser{options, text, out, memory};
    json::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    if(out.size() == 0)
        return outcome::nothing;
    if(error)
        return outcome::broken;

    auto const rest = skip_space(text.substr(static_cast<std::size_t>(parser.handler().position() - text.data())));
    auto const& root = out.node(0);
    bool const container = root.type == kind::object || root.type == kind::array;
    return rest.empty() || (container && root.count > 0) ? outcome::whole : outcome::nothing;
}

/// Did a text that does not parse to its end say enough to be JSON: a member, or a list of them?
bool believable(document_builder const& out, bool labelled) noexcept
{
    auto const& root = out.node(0);
    if(root.type == kind::object)
        return root.count > 0;
    return root.type == kind::array && root.count > 0 && (labelled || out.node(1).type == kind::object);
}

bool starts_json(std::string_view s) noexcept
{
    return !s.empty() && std::strchr("{[\"-0123456789tfnNTFIu'", s.front()) != nullptr && s.front() != '\0';
}

/// `callback({...})`: the argument, or nothing.
std::string_view jsonp_argument(std::string_view s) noexcept
{
    constexpr std::size_t longest_name = 128;
    if(s.starts_with("/**/"))
        s = skip_space(s.substr(4));
    auto const name = s.substr(0, longest_name)
                          .find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.");
    if(name == std::string_view::npos || name == 0 || s[name] != '(')
        return {};
    auto const argument = skip_space(s.substr(name + 1));
    return !argument.empty() && (argument.front() == '{' || argument.front() == '[') ? argument : std::string_view{};
}
} // namespace

std::string_view skip_json_prefix(std::string_view text) noexcept
{
    constexpr std::array<std::string_view, 8> guards{")]}',",    ")]}'",      "while(1);", "while (1);",
                                                     "for(;;);", "for (;;);", "{}&&",      "data:"};
    auto const s = skip_space(text);
    if(s.starts_with('{') && !s.starts_with("{}")) // as nearly all begin
        return s;
    for(auto const guard : guards)
        if(s.starts_with(guard))
        {
            auto const rest = skip_space(s.substr(guard.size()));
            return !rest.empty() && (rest.front() == '{' || rest.front() == '[') ? rest : s;
        }
    auto const argument = jsonp_argument(s);
    return argument.empty() ? s : argument;
}

bool read_json(std::string_view text, bool labelled, document_builder& out, arena& memory)
{
    if(!starts_json(text))
        return false;
    if(parse(text, out, memory) == outcome::whole)
    {
        out.is(document::form::json, text);
        return true;
    }
    out.clear();
    if(text.front() != '{' && text.front() != '[' && !labelled)
        return false;

    text = repaired_json(text, memory);
    auto const second = parse(text, out, memory);
    if(second == outcome::nothing || (second == outcome::broken && !believable(out, labelled)))
    {
        out.clear();
        return false;
    }
    if(second == outcome::broken)
        out.cut();
    out.is(document::form::json, text);
    return true;
}

} // namespace errata

#include "problem/leak_guard.hpp"

#include "problem/field.hpp"
#include "problem/leak_rules.hpp"
#include "problem/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace errata
{
namespace
{
constexpr auto npos = std::string_view::npos;

struct stretch
{
    std::size_t begin, end;
};

bool is_space(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_letter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) >= 0x80);
}

/// Where the sentence around `at` begins: behind a line break, or behind `. `, `! `, `? `; not before `floor`.
std::size_t sentence_begin(std::string_view text, std::size_t at, std::size_t floor) noexcept
{
    for(auto i = at; i > floor; --i)
        if(text[i - 1] == '\n' || (i > 1 && is_space(text[i - 1]) && std::string_view{".!?"}.find(text[i - 2]) != npos))
            return i;
    return floor;
}

std::size_t sentence_end(std::string_view text, std::size_t at) noexcept
{
    for(auto i = at; i < text.size(); ++i)
        if(text[i] == '\n' ||
           (std::string_view{".!?"}.find(text[i]) != npos && (i + 1 == text.size() || is_space(text[i + 1]))))
            return text[i] == '\n' ? i : i + 1;
    return text.size();
}

/// Where the clause around `at` begins: the sentence's begin, or behind its last `: `, `; `, ` - `, or before its last
/// `(`.
std::size_t clause_begin(std::string_view text, std::size_t at, std::size_t floor) noexcept
{
    auto const first = sentence_begin(text, at, floor);
    for(auto i = at; i > first; --i)
    {
        auto const before = text.substr(first, i - first);
        if(before.ends_with(": ") || before.ends_with("; ") || before.ends_with(" - ") || before.ends_with(" | "))
            return i;
        if(before.ends_with('(') || before.ends_with('['))
            return i - 1;
    }
    return first;
}

bool is_words(leak const& l) noexcept
{
    return l.kind == leak_kind::location || l.kind == leak_kind::prefix;
}

/// What has to go for one leak; what lies before `floor` is gone already.
stretch removal(std::string_view text, leak const& l, std::size_t floor) noexcept
{
    if(is_words(l))
        return {l.begin, l.kind == leak_kind::prefix ? std::min(text.size(), l.end + 1) : l.end};
    if(l.kind == leak_kind::token)
        return {clause_begin(text, l.begin, floor), sentence_end(text, l.end)};
    // A frame of a trace on its own line, or a bracket, breaks off nothing but itself.
    bool const apart = is_space(text[l.begin]) || text[l.begin] == '(' || text[l.begin] == '[';
    return {apart ? l.begin : clause_begin(text, l.begin, floor), text.size()};
}

std::string_view trimmed(std::string_view s, std::string_view also) noexcept
{
    while(!s.empty() && (is_space(s.front()) || also.find(s.front()) != npos))
        s.remove_prefix(1);
    while(!s.empty() && (is_space(s.back()) || also.find(s.back()) != npos))
        s.remove_suffix(1);
    return s;
}

/// Cuts at an opening quote or bracket that lost its other half.
std::string_view balanced(std::string_view s) noexcept
{
    if(std::count(s.begin(), s.end(), '"') % 2 != 0)
        s = s.substr(0, s.rfind('"'));
    for(auto const& [open, close] : {std::pair{'(', ')'}, {'[', ']'}, {'{', '}'}})
        if(auto const last = s.rfind(open); last != npos && s.find(close, last) == npos)
            s = s.substr(0, last);
    return s;
}

std::string_view last_word(std::string_view s) noexcept
{
    return s.substr(s.find_last_of(" \n\t") + 1);
}

/// Without what only made sense before the cut: connectives, opening punctuation.
std::string_view without_loose_ends(std::string_view s) noexcept
{
    constexpr std::string_view connectives[]{"in", "at",  "from", "of", "to",  "with",   "by",   "because", "for",
                                             "on", "and", "via",  "is", "was", "thrown", "host", "trace",   "details"};
    while(true)
    {
        auto const before = s.size();
        s = trimmed(balanced(s), ":,;-([{=|'`>");
        auto const last = last_word(s);
        if(last.size() < s.size() &&
           std::any_of(std::begin(connectives), std::end(connectives), [&](auto c) { return iequals(c, last); }))
            s.remove_suffix(last.size());
        if(s.size() == before)
            return s;
    }
}

/// Does this still tell somebody something? Two words, and more than that there was an error.
bool is_meaningful(std::string_view s) noexcept
{
    constexpr std::string_view labels[]{"fatal error",           "php fatal error",    "parse error",
                                        "syntax error",          "uncaught exception", "uncaught error",
                                        "unhandled exception",   "caused by",          "exception in thread",
                                        "an exception",          "error message",      "internal exception",
                                        "server error occurred", "db error",           "sql error"};
    if(s.find('=') != npos ||
       std::any_of(std::begin(labels), std::end(labels), [&](auto l) { return iequals(l, trimmed(s, ".!:")); }))
        return false;
    std::size_t words = 0, letters = 0;
    for(auto const c : s)
    {
        if(is_letter(c))
            words += ++letters == 2;
        else if(is_space(c))
            letters = 0;
    }
    // Languages that write no blanks between words say much in few bytes.
    bool const dense =
        s.size() >= 12 &&
        std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80 || is_space(c); });
    return words >= 2 || dense;
}

/// The stretches that have to go, in order. Linear: no sentence is looked at twice.
std::vector<stretch> removals(std::string_view text, std::vector<leak>& leaks)
{
    std::sort(leaks.begin(), leaks.end(),
              [](auto const& a, auto const& b)
              { return a.begin != b.begin ? a.begin < b.begin : is_words(a) > is_words(b); });
    std::vector<stretch> gone;
    std::size_t words_end = 0, done = 0;
    for(auto const& l : leaks)
    {
        // The same words may look like two things: a class name that can be cut out is not also a token that spoils its
        // clause.
        bool const covered = l.kind == leak_kind::token && (l.end <= words_end || l.begin < done);
        if(covered)
            continue;
        gone.push_back(removal(text, l, done));
        if(is_words(l))
            words_end = std::max(words_end, l.end);
        else
            done = std::max(done, gone.back().end);
        if(l.kind == leak_kind::tail)
            break;
    }
    std::sort(gone.begin(), gone.end(), [](auto const& a, auto const& b) { return a.begin < b.begin; });
    return gone;
}

/// What is left between the stretches: a view if that is one piece, else joined in `memory`.
std::string_view left_over(std::string_view text, std::vector<stretch> const& gone, arena& memory)
{
    std::string_view first;
    char* joined = nullptr;
    std::size_t size = 0, at = 0;
    auto const keep = [&](std::string_view piece)
    {
        if(trimmed(piece, ".,;:").empty())
            return;
        if(first.empty() && !joined)
        {
            first = piece;
            return;
        }
        if(!joined)
        {
            joined = memory.allocate(text.size());
            size = first.copy(joined, first.size());
        }
        // "No such key" " in /srv/a.py" ", sorry": the blank before what went is not needed twice.
        if(size > 0 && is_space(joined[size - 1]) &&
           (is_space(piece.front()) || std::string_view{".,;:"}.find(piece.front()) != npos))
            --size;
        size += piece.copy(joined + size, piece.size());
    };
    for(auto const& g : gone)
    {
        if(g.begin > at)
            keep(text.substr(at, g.begin - at));
        at = std::max(at, g.end);
    }
    if(at < text.size())
        keep(text.substr(at));
    return joined ? std::string_view{joined, size} : first;
}

/// What is left may begin with a sentence that lost all but its label: "Error. Please try again."
std::string_view from_first_meaning(std::string_view s) noexcept
{
    auto const end = sentence_end(s, 0);
    auto const rest = s.substr(end);
    return is_meaningful(s.substr(0, end)) || !is_meaningful(rest) ? s : trimmed(rest, "");
}

/// Folds case, `_` and `-` away, into `out`; too long for any name of ours: empty.
std::string_view folded(std::string_view name, std::span<char> out) noexcept
{
    std::size_t size = 0;
    for(auto const c : name)
    {
        if(c == '_' || c == '-' || c == '@' || c == '$')
            continue;
        if(size == out.size())
            return {};
        out[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return {out.data(), size};
}

constexpr std::string_view internal_names[]{
    "applicationtrace",
    "backtrace",
    "callstack",
    "debug",
    "debugdata",
    "debuginfo",
    "debuginformation",
    "debugmessage",
    "errorstack",
    "errortrace",
    "exception",
    "exceptionclass",
    "exceptiondetails",
    "exceptionmessage",
    "exceptionmethod",
    "exceptionname",
    "exceptions",
    "exceptionstack",
    "exceptiontype",
    "frameworktrace",
    "fulltrace",
    "innererrormessage",
    "innerexception",
    "remotestacktrace",
    "remotestacktracestring",
    "sql",
    "sqlmessage",
    "sqlstate",
    "stack",
    "stackframes",
    "stackinfo",
    "stacktrace",
    "stacktraces",
    "stacktracestring",
    "targetsite",
    "trace",
    "traceback",
    "tracebacks",
    "traces",
    "watsonbuckets",
};
/// Under these a program keeps what nobody else may know.
constexpr std::string_view secret_names[]{
    "accesskey",    "accesstoken", "apikey",       "apisecret",        "apitoken",        "authorization",
    "authtoken",    "bearertoken", "clientsecret", "connectionstring", "credentials",     "databaseurl",
    "dbpassword",   "idtoken",     "jwt",          "passphrase",       "passwd",          "password",
    "privatekey",   "pwd",         "refreshtoken", "secret",           "secretaccesskey", "secretkey",
    "sessiontoken", "signingkey",
};

/// Names of members are asked for by the thousand, and hardly any is one of these.
class rare_names
{
public:
    consteval explicit rare_names(std::span<std::string_view const> sorted) : names_(sorted)
    {
        if(!std::is_sorted(sorted.begin(), sorted.end()))
            throw "not sorted"; // does not compile
        shortest_.fill(npos);
        for(auto const name : sorted)
        {
            auto const first = name.front() & 31;
            last_letters_[first] |= std::uint32_t{1} << (name.back() & 31);
            shortest_[first] = std::min(shortest_[first], name.size());
        }
    }

    [[nodiscard]] bool hold(std::string_view member) const noexcept
    {
        if(member.empty() || !may_hold(member))
            return false;
        char buffer[32];
        auto const name = folded(member, buffer);
        return !name.empty() && std::binary_search(names_.begin(), names_.end(), name);
    }

private:
    /// By the first letter; folding makes no name longer.
    [[nodiscard]] bool may_hold(std::string_view member) const noexcept
    {
        auto const first = member.front(), last = member.back();
        auto const plain = is_letter(first) && is_letter(last); // else there is something to fold away
        return !plain || (member.size() >= shortest_[first & 31] && (last_letters_[first & 31] >> (last & 31) & 1));
    }

    std::span<std::string_view const> names_;
    std::array<std::uint32_t, 32> last_letters_{}; ///< a bit for each last letter
    std::array<std::size_t, 32> shortest_{};
};

constexpr std::string_view file_names[]{"file", "filename", "filepath", "sourcefile"};
constexpr std::string_view source_endings[]{".php", ".py",    ".rb",  ".js",  ".mjs", ".ts", ".java",
                                            ".kt",  ".scala", ".cs",  ".go",  ".rs",  ".ex", ".exs",
                                            ".erl", ".swift", ".cpp", ".lua", ".pl",  ".pm"};

constexpr rare_names internals{internal_names}, secrets{secret_names}, files{file_names};
} // namespace

guarded_text guard(std::string_view text, bool server_error, arena& memory)
{
    std::vector<leak> leaks;
    find_leaks(text, server_error, leaks);
    if(leaks.empty())
        return {text, 0};
    auto const removed = static_cast<unsigned>(leaks.size());
    // A sentence is not longer; what is has no claim to be kept whole.
    constexpr std::size_t longest = 4096;
    auto left = left_over(text, removals(text, leaks), memory);
    if(left.size() > longest)
        left = left.substr(0, utf8_prefix(left.substr(0, longest)));
    auto const rest = from_first_meaning(without_loose_ends(left));
    // What was split may look different to the patterns: never show what has not been looked at as it will be shown.
    if(!is_meaningful(rest) || has_leak(rest, server_error))
        return {{}, removed};
    return {rest, removed};
}

bool leaks(std::string_view text, bool server_error)
{
    return has_leak(text, server_error);
}

bool is_internal_name(std::string_view member)
{
    return internals.hold(member);
}

bool is_place_in_program(std::string_view member, std::string_view text)
{
    return text.find_first_of("/\\") != npos && files.hold(member) &&
           std::ranges::any_of(source_endings, [text](std::string_view end) { return iends_with(text, end); });
}

bool is_secret(std::string_view member, std::string_view text)
{
    return text.find(' ') == npos && !text.empty() && secrets.hold(member);
}

} // namespace errata

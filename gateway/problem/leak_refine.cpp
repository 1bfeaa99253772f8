#include "problem/field.hpp"
#include "problem/leak_patterns.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errata
{
namespace
{
constexpr auto npos = std::string_view::npos;
using words = std::span<std::string_view const>;

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) noexcept
{
    return is_digit(c) || is_letter(c) || c == '_';
}

bool one_of(words list, std::string_view s) noexcept
{
    return std::any_of(list.begin(), list.end(), [&](auto w) { return iequals(w, s); });
}

std::string_view part(std::string_view text, leak const& l) noexcept
{
    return text.substr(l.begin, l.end - l.begin);
}

/// The word before `at`, without the blank (or quote, or bracket) between.
std::string_view word_before(std::string_view text, std::size_t at) noexcept
{
    auto end = at;
    while(end > 0 && std::string_view{" \t'\"`([:="}.find(text[end - 1]) != npos)
        --end;
    auto begin = end;
    while(begin > 0 && is_word(text[begin - 1]))
        --begin;
    return text.substr(begin, end - begin);
}

/// How much of `rest` is `:12`, `:12:5`, `(12)`, `, line 3`, ` on line 3`, `:in `method'`, or a closing quote before
/// these.
std::size_t line_number_length(std::string_view rest) noexcept
{
    constexpr std::string_view leads[]{":line ", " on line ", " at line ", ", line ", " line ", ":", "(", "\", line "};
    std::size_t n = 0;
    for(bool more = true; more;)
    {
        more = false;
        for(auto const lead : leads)
        {
            if(!rest.substr(n).starts_with(lead))
                continue;
            auto digits = n + lead.size();
            auto const first = digits;
            while(digits < rest.size() && is_digit(rest[digits]))
                ++digits;
            if(digits == first)
                continue;
            n = digits + (lead == "(" && rest.substr(digits).starts_with(')'));
            more = true;
            break;
        }
    }
    return n;
}

/// Takes in a line number, the quotes or brackets around, and the preposition before, if that leaves a whole sentence:
/// then these words can go and the rest stays.
leak as_location(std::string_view text, leak l) noexcept
{
    constexpr std::string_view prepositions[]{"in", "at", "from", "thrown"};
    l.end += line_number_length(text.substr(l.end));
    if(l.begin > 0 && l.end < text.size())
    {
        constexpr std::string_view opening = "('\"`[", closing = ")'\"`]";
        auto const quote = opening.find(text[l.begin - 1]);
        if(quote != npos && text[l.end] == closing[quote])
            --l.begin, ++l.end;
    }
    bool const bracketed = text[l.begin] == '(' || text[l.begin] == '[';
    auto const word = word_before(text, l.begin);
    if(!bracketed && !one_of(prepositions, word))
        return l;
    if(!bracketed)
        l.begin = static_cast<std::size_t>(word.data() - text.data());
    l.end += line_number_length(text.substr(l.end));
    l.kind = leak_kind::location;
    return l;
}

/// A place named at the end of a sentence goes with its preposition: "No answer [from 10.0.0.5]". In the middle of one
/// it is a part that the rest leans on.
leak as_trailing_place(std::string_view text, leak l) noexcept
{
    constexpr std::string_view prepositions[]{"at", "from", "on", "to", "with", "by", "via", "host", "server"};
    auto end = l.end;
    while(end < text.size() && std::string_view{"/)]'\"`"}.find(text[end]) != npos)
        ++end;
    bool const last = end == text.size() || text[end] == '\n' ||
                      (std::string_view{".!?"}.find(text[end]) != npos &&
                       (end + 1 == text.size() || text[end + 1] == ' ' || text[end + 1] == '\n'));
    auto const word = word_before(text, l.begin);
    if(!last || !one_of(prepositions, word))
        return l;
    return {static_cast<std::size_t>(word.data() - text.data()), end, leak_kind::location};
}

std::string_view first_component(std::string_view path) noexcept
{
    path.remove_prefix(1);
    return path.substr(0, path.find('/'));
}

std::string_view extension(std::string_view path) noexcept
{
    auto const name = path.substr(path.rfind('/') + 1);
    auto const dot = name.rfind('.');
    return dot == npos ? std::string_view{} : name.substr(dot + 1);
}

/// Directories that hold programs rather than pages.
bool is_program_directory(std::string_view path) noexcept
{
    constexpr std::string_view marks[]{"/node_modules/", "/site-packages/", "/dist-packages/", "/src/main/",
                                       "/gems/",         "/WEB-INF/",       "/lib/python",     "/.venv/",
                                       "/vendor/bundle", "/.cargo/",        "/go/pkg/mod"};
    return std::any_of(std::begin(marks), std::end(marks), [&](auto m) { return path.find(m) != npos; });
}

/// A path that is the request's own: `Cannot GET /usr/x`, `Route POST:/tmp/y`, `path /api/v2`.
bool is_request_path(std::string_view text, std::size_t at) noexcept
{
    constexpr std::string_view announcers[]{"GET",      "HEAD", "POST", "PUT",      "PATCH", "DELETE",
                                            "OPTIONS",  "URL",  "URI",  "endpoint", "route", "resource",
                                            "location", "path", "page", "accessing"};
    auto const word = word_before(text, at);
    return !word.empty() && one_of(announcers, word);
}
} // namespace

std::optional<leak> refine_unix_path(std::string_view text, leak match)
{
    constexpr std::string_view system_roots[]{"etc",  "usr", "var", "root",    "opt",     "srv",  "tmp",
                                              "proc", "nix", "mnt", "private", "vagrant", "lib64"};
    constexpr std::string_view weak_roots[]{"app",       "home", "Users",   "data",  "code",   "src",
                                            "workspace", "www",  "builds",  "build", "go",     "dev",
                                            "run",       "lib",  "Library", "bin",   "workdir"};
    constexpr std::string_view file_kinds[]{"py",  "rb",  "php",  "java", "go",  "rs",   "js", "ts",     "cjs",  "mjs",
                                            "cs",  "cpp", "c",    "h",    "pl",  "pm",   "so", "jar",    "conf", "cfg",
                                            "ini", "yml", "yaml", "env",  "log", "sock", "db", "sqlite", "erb"};
    // Part of a URL, a media type or another word.
    if(match.begin > 0 &&
       (is_word(text[match.begin - 1]) || std::string_view{"/:.}-#*>~@"}.find(text[match.begin - 1]) != npos))
    {
        bool const after_colon = text[match.begin - 1] == ':' && (match.begin < 2 || !is_letter(text[match.begin - 2]));
        if(!after_colon)
            return std::nullopt;
    }
    auto path = part(text, match);
    if(path.starts_with("//"))
        return std::nullopt;
    while(path.ends_with('.') || path.ends_with('-'))
        path.remove_suffix(1), --match.end;
    auto const root = first_component(path);
    bool const numbered = line_number_length(text.substr(match.end)) > 0;
    bool const file = one_of(file_kinds, extension(path));
    bool const certain = is_program_directory(path) || (file && numbered);
    bool const likely = one_of(system_roots, root) || (one_of(weak_roots, root) && (file || numbered)) ||
                        ((root == "home" || root == "Users") && std::count(path.begin(), path.end(), '/') >= 3);
    if(!certain && (!likely || is_request_path(text, match.begin)))
        return std::nullopt;
    return as_location(text, match);
}

std::optional<leak> refine_source_location(std::string_view text, leak match)
{
    // A URL with a line number is somebody's documentation.
    auto const before = text.substr(0, match.begin);
    if(before.ends_with(":/") || before.ends_with(":") || part(text, match).starts_with("//"))
        if(auto const scheme = before.find_last_of(" \t\n\"'(<");
           before.substr(scheme == npos ? 0 : scheme + 1).starts_with("http"))
            return std::nullopt;
    auto l = match;
    if(match.kind == leak_kind::tail)
        return l;
    // `C:` of a Windows path, and the rest of it.
    if(l.begin > 1 && text[l.begin] == '\\' && text[l.begin - 1] == ':' && is_letter(text[l.begin - 2]))
        l.begin -= 2;
    while(l.end < text.size() && std::string_view{" \t\r\n\"'`<>,;()[]:"}.find(text[l.end]) == npos)
        ++l.end;
    if(text[l.end - 1] == '.')
        --l.end;
    l.kind = leak_kind::token;
    return as_location(text, l);
}

std::optional<leak> refine_qualified_class(std::string_view text, leak match)
{
    // Mistakes of programmers: what they say is for programmers, whatever follows the name.
    constexpr std::string_view programming[]{"NullPointer",    "NullReference", "IndexOutOf",    "OutOfRange",
                                             "ClassCast",      "OutOfMemory",   "StackOverflow", "NoSuchMethod",
                                             "NoClassDef",     "ClassNotFound", "Concurrent",    "NoMethod",
                                             "AttributeError", "KeyNotFound",   "InvalidCast",   "Attempt",
                                             "ReferenceError", "NameError",     "UnboundLocal"};
    // AWS::EC2::Instance and the like are names of the API itself.
    auto const name = part(text, match);
    if(name.starts_with("AWS::"))
        return std::nullopt;
    if(std::any_of(std::begin(programming), std::end(programming), [&](auto w) { return name.find(w) != npos; }))
        match.kind = leak_kind::tail;
    else if(!text.substr(match.end).starts_with(':'))
        match.kind = leak_kind::token;
    return match;
}

std::optional<leak> refine_any_class(std::string_view text, leak match)
{
    auto const name = part(text, match);
    // A host name, a URL or an e-mail address also has dots and letters.
    if(match.begin > 0 && std::string_view{"/@:-."}.find(text[match.begin - 1]) != npos)
        return std::nullopt;
    if(match.end < text.size() && std::string_view{"/@-"}.find(text[match.end]) != npos)
        return std::nullopt;
    return name.starts_with("www.") ? std::nullopt : std::optional{match};
}

std::optional<leak> refine_ipv4(std::string_view text, leak match)
{
    auto const address = part(text, match);
    std::array<unsigned, 4> octet{};
    auto const* at = address.data();
    auto const* const end = at + address.size();
    for(auto& o : octet)
    {
        auto const [next, error] = std::from_chars(at, end, o);
        if(error != std::errc{} || o > 255)
            return std::nullopt;
        at = next == end ? end : next + 1;
    }
    bool const longer = (match.begin > 1 && text[match.begin - 1] == '.' && is_digit(text[match.begin - 2])) ||
                        (match.end + 1 < text.size() && text[match.end] == '.' && is_digit(text[match.end + 1]));
    bool const reserved = octet[0] == 10 || octet[0] == 127 || (octet[0] == 192 && octet[1] == 168) ||
                          (octet[0] == 172 && octet[1] >= 16 && octet[1] <= 31) ||
                          (octet[0] == 169 && octet[1] == 254) ||
                          (octet[0] == 100 && octet[1] >= 64 && octet[1] <= 127);
    bool const has_port = address.find(':') != npos;
    if(longer || !(reserved || has_port))
        return std::nullopt;
    return as_trailing_place(text, match);
}

std::optional<leak> refine_host_and_port(std::string_view text, leak match)
{
    constexpr std::string_view announcers[]{"to",   "host",   "server", "at",      "tcp",     "upstream", "connect",
                                            "dial", "lookup", "from",   "backend", "address", "peer",     "broker"};
    constexpr std::string_view services[]{"db",        "database", "redis",   "postgres", "postgresql",    "mysql",
                                          "mariadb",   "mongo",    "mongodb", "rabbitmq", "elasticsearch", "memcached",
                                          "cassandra", "kafka"};
    constexpr std::string_view numbered[]{"code",   "status", "error",    "id",      "line",
                                          "column", "char",   "position", "version", "port"};
    auto const hostport = part(text, match);
    auto const host = hostport.substr(0, hostport.find(':'));
    if(match.begin > 0 && std::string_view{"/@.:"}.find(text[match.begin - 1]) != npos)
        return std::nullopt; // a URL, judged elsewhere
    auto const behind = text.substr(match.end);
    if(!behind.empty() &&
       (is_word(behind[0]) || behind[0] == '-' || (behind[0] == ':' && behind.size() > 1 && is_digit(behind[1]))))
        return std::nullopt; // a time, a position
    bool const dotted = host.find('.') != npos;
    bool const made_up = std::any_of(host.begin(), host.end(), is_digit) || host.find('-') != npos;
    auto const port_digits = hostport.size() - host.size() - 1;
    auto const announced = one_of(announcers, word_before(text, match.begin));
    bool const letters = host.size() > 1 && is_letter(host[0]) && is_letter(host[1]);
    if(!letters || one_of(numbered, host.substr(host.find_last_of("-_.") + 1)) ||
       one_of(numbered, word_before(text, match.begin)))
        return std::nullopt;
    bool const is_host = one_of(services, host) || (dotted && port_digits >= 3) || (made_up && port_digits >= 4) ||
                         (announced && port_digits >= 3);
    return is_host ? std::optional{as_trailing_place(text, match)} : std::nullopt;
}

std::optional<leak> refine_internal_host(std::string_view text, leak match)
{
    // error.internal is a code, and so is a name with more behind it.
    constexpr std::string_view codes[]{"error", "errors", "exception", "code", "status", "message", "messages"};
    auto const name = part(text, match);
    if(one_of(codes, name.substr(0, name.find('.'))))
        return std::nullopt;
    if(match.end < text.size() && (text[match.end] == '_' || text[match.end] == '@' ||
                                   (text[match.end] == '.' && match.end + 1 < text.size() &&
                                    is_word(text[match.end + 1]) && name.find(':') == npos)))
        return std::nullopt;
    return as_trailing_place(text, match);
}

std::optional<leak> refine_single_label_url(std::string_view text, leak match)
{
    // http://localhost/ is what an example says, or the client's own Host; http://users/ and localhost:3000 are ours.
    auto const url = part(text, match);
    auto const host = url.substr(url.find("//") + 2);
    return host.starts_with("localhost") && !host.starts_with("localhost:")
               ? std::nullopt
               : std::optional{as_trailing_place(text, match)};
}

std::optional<leak> refine_secret(std::string_view text, leak match)
{
    constexpr std::size_t shortest = 16;
    auto value = part(text, match);
    if(auto const blank = value.find_last_of(" \t\n"); blank != npos)
        value.remove_prefix(blank + 1);
    // Masked by whoever wrote it, or a word: "Basic authentication", "sk-proj".
    bool const digits = std::any_of(value.begin(), value.end(), is_digit);
    bool const masked =
        match.end < text.size() && (text[match.end] == '*' || text.substr(match.end).starts_with("..."));
    if(value.size() < shortest || !digits || masked)
        return std::nullopt;
    return match;
}

std::optional<leak> refine_assignment(std::string_view text, leak match)
{
    auto const all = part(text, match);
    auto const sign = all.find_first_of("=:");
    auto value = all.substr(sign + 1);
    value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t\"'")));
    constexpr std::string_view placeholder_starts = "*<[{$%";
    if(value.size() < 3 || placeholder_starts.find(value.front()) != npos || value.find("***") != npos)
        return std::nullopt;
    bool const digits = std::any_of(value.begin(), value.end(), is_digit),
               letters = std::any_of(value.begin(), value.end(), is_letter);
    // "password: must be at least 8 characters" is about one; "api_key: 9f86d081884c" gives one away.
    if(all[sign] == ':')
        return value.size() >= 12 && digits && letters ? std::optional{match} : std::nullopt;
    bool const spaced = all[sign - 1] == ' ' || (sign + 1 < all.size() && all[sign + 1] == ' ');
    return spaced && !digits ? std::nullopt : std::optional{match};
}

} // namespace errata

#include "problem/wording.hpp"

#include "problem/octets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace errata
{

namespace
{

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// What a byte is, as bits: one look at a table instead of a chain of comparisons for every letter of every text.
enum byte_class : std::uint8_t
{
    space = 1,
    lower_case = 2,
    upper_case = 4,
    digit = 8,
    symbol_sign = 16, ///< beside letters and digits in an identifier
    letter = lower_case | upper_case,
};

constexpr auto classes = []
{
    std::array<std::uint8_t, 256> table{};
    for(char const c : {' ', '\t', '\n', '\v', '\f', '\r'})
        table[static_cast<unsigned char>(c)] = space;
    for(char c = 'a'; c <= 'z'; ++c)
        table[static_cast<unsigned char>(c)] = lower_case;
    for(char c = 'A'; c <= 'Z'; ++c)
        table[static_cast<unsigned char>(c)] = upper_case;
    for(char c = '0'; c <= '9'; ++c)
        table[static_cast<unsigned char>(c)] = digit;
    for(char const c : std::string_view{"_-.:/#@\\$|*+~&%="})
        table[static_cast<unsigned char>(c)] = symbol_sign;
    return table;
}();

struct no_hex_digit
{
    static bool is(char c) noexcept
    {
        auto const lower = static_cast<char>(c | 0x20);
        return !(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f');
    }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const letter = octets_within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'f');
        return _mm_xor_si128(_mm_or_si128(letter, octets_within(block, '0', '9')), _mm_set1_epi8(-1));
    }
#endif
};

std::uint8_t class_of(char c)
{
    return classes[static_cast<unsigned char>(c)];
}

/// Which of blanks and letters of either case there are.
unsigned classes_in(std::string_view text)
{
#ifdef __SSE2__
    if(text.size() >= 8)
    {
        auto blank = _mm_setzero_si128(), low = blank, high = blank;
        look_at_octets(text.data(), text.data() + text.size(),
                       [&](__m128i block)
                       {
                           auto const white = octets_within(block, '\t', '\r');
                           blank = _mm_or_si128(blank, _mm_or_si128(white, _mm_cmpeq_epi8(block, _mm_set1_epi8(' '))));
                           low = _mm_or_si128(low, octets_within(block, 'a', 'z'));
                           high = _mm_or_si128(high, octets_within(block, 'A', 'Z'));
                       });
        auto const any = [](__m128i found, byte_class what) { return _mm_movemask_epi8(found) ? unsigned{what} : 0u; };
        return any(blank, space) | any(low, lower_case) | any(high, upper_case);
    }
#endif
    unsigned seen = 0;
    for(char const c : text)
        seen |= class_of(c);
    return seen & (space | letter);
}

// Reason phrases, registered, historic and de facto, folded to lower-case letters; sorted.
constexpr std::string_view phrases[] = {
    "accepted",
    "authenticationrequired",
    "authorizationrequired",
    "badgateway",
    "badrequest",
    "bandwidthlimitexceeded",
    "clientclosedrequest",
    "conflict",
    "expectationfailed",
    "faileddependency",
    "forbidden",
    "gatewaytimeout",
    "gone",
    "httpversionnotsupported",
    "imateapot",
    "insufficientstorage",
    "internalservererror",
    "lengthrequired",
    "locked",
    "loopdetected",
    "methodnotallowed",
    "misdirectedrequest",
    "networkauthenticationrequired",
    "notacceptable",
    "notallowed",
    "notextended",
    "notfound",
    "notimplemented",
    "ok",
    "pagenotfound",
    "payloadtoolarge",
    "paymentrequired",
    "preconditionfailed",
    "preconditionrequired",
    "proxyauthenticationrequired",
    "rangenotsatisfiable",
    "requestedrangenotsatisfiable",
    "requestentitytoolarge",
    "requestheaderfieldstoolarge",
    "requesttimeout",
    "requesturitoolarge",
    "requesturitoolong",
    "servererror",
    "servicetemporarilyunavailable",
    "serviceunavailable",
    "temporarilyunavailable",
    "tooearly",
    "toomanyrequests",
    "unauthorised",
    "unauthorized",
    "unavailableforlegalreasons",
    "unprocessablecontent",
    "unprocessableentity",
    "unsupportedmediatype",
    "upgraderequired",
    "uritoolong",
    "variantalsonegotiates",
};
static_assert(std::is_sorted(std::begin(phrases), std::end(phrases)));

/// By first letter, a bit for each length that a phrase has: most texts are out by these two alone.
constexpr auto phrase_lengths = []
{
    std::array<std::uint32_t, 26> lengths{};
    for(auto const phrase : phrases)
        lengths[static_cast<std::size_t>(phrase[0] - 'a')] |= std::uint32_t{1} << phrase.size();
    return lengths;
}();

/// What a text that repeats a status begins with: the first two letters of phrases and of what stands before them.
constexpr auto phrase_beginnings = []
{
    std::array<std::uint32_t, 26> second{};
    auto const add = [&](std::string_view word)
    { second[static_cast<std::size_t>(word[0] - 'a')] |= std::uint32_t{1} << (word[1] - 'a'); };
    for(auto const phrase : phrases)
        add(phrase);
    for(std::string_view const lead : {"http", "error", "status", "code"})
        add(lead);
    return second;
}();

/// False for most sentences, by their first two letters.
bool may_begin_phrase(std::string_view text)
{
    std::array<std::size_t, 2> first{};
    std::size_t found = 0;
    for(std::size_t i = 0; i < text.size() && found < 2; ++i)
        if(class_of(text[i]) & letter)
            first[found++] = static_cast<std::size_t>(lower(text[i]) - 'a');
    return found < 2 || (phrase_beginnings[first[0]] >> first[1] & 1);
}

bool is_phrase(std::string_view folded)
{
    return !folded.empty() && folded.size() < 32 &&
           (phrase_lengths[static_cast<std::size_t>(folded[0] - 'a')] >> folded.size() & 1) &&
           std::binary_search(std::begin(phrases), std::end(phrases), folded);
}

constexpr std::string_view nothings[] = {"null", "none", "nil", "n/a", "undefined", "-", "--", "."};
constexpr std::string_view verdicts[] = {"error",     "err",          "errors", "fail", "failed",  "failure", "fatal",
                                         "ko",        "nok",          "notok",  "ok",   "success", "true",    "false",
                                         "exception", "unsuccessful", "yes",    "no",   "warning"};

template <std::size_t N>
bool one_of(std::string_view text, std::string_view const (&words)[N])
{
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word)
                       {
                           return word.size() == text.size() &&
                                  std::equal(word.begin(), word.end(), text.begin(),
                                             [](char a, char b) { return a == lower(b); });
                       });
}

bool is_number(std::string_view text)
{
    if(text[0] == '-' || text[0] == '+')
        text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// One token: a word, a symbol, or text of a script that needs no spaces.
wording wording_of_token(std::string_view text)
{
    if(text[0] == '/')
        return wording::data; // a path
    if(std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return wording::sentence;
    if(text.size() > 120)
        return wording::data;
    unsigned seen = 0, before = 0;
    bool inner = false;
    auto const last = text.size() - 1;
    for(std::size_t i = 0; i < text.size(); ++i)
    {
        unsigned const now = class_of(text[i]);
        if(!(now & (letter | digit | symbol_sign)) && !(i == last && (text[i] == '!' || text[i] == '?')))
            return wording::data;
        seen |= now;
        inner = inner || (!(now & letter) && !(i == last && text[i] == '.')) || (now & (before << 1) & upper_case);
        before = now;
    }
    return inner || !(seen & letter) ? wording::symbol : wording::word;
}

bool looks_embedded(std::string_view text)
{
    if(text.size() < 7)
        return false;
    if(text.front() == '<')
        return text.back() == '>' && (text[1] == '?' || (class_of(text[1]) & letter));
    bool const braces = (text.front() == '{' && text.back() == '}') || (text.front() == '[' && text.back() == ']');
    return braces && text.find('"') != text.npos;
}

} // namespace

unsigned status_in(std::string_view text) noexcept
{
    if(text.size() != 3 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2]))
        return 0;
    unsigned const n = (text[0] - '0') * 100u + (text[1] - '0') * 10u + (text[2] - '0');
    return n >= 100 && n <= 599 ? n : 0;
}

bool is_worded_symbol(std::string_view text) noexcept
{
    return text.size() >= 5 && text.size() <= 80 &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (class_of(c) & letter) || c == '_' || c == '.' || c == '-'; });
}

bool is_uuid(std::string_view id) noexcept
{
    if(id.size() != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-')
        return false;
    std::array<char, 32> digits;
    id.copy(digits.data(), 8);
    id.copy(digits.data() + 8, 4, 9);
    id.copy(digits.data() + 12, 4, 14);
    id.copy(digits.data() + 16, 4, 19);
    id.copy(digits.data() + 20, 12, 24);
    return find_octet<no_hex_digit>(digits.begin(), digits.end()) == digits.end();
}

bool is_known_status(unsigned status) noexcept
{
    return (status >= 100 && status <= 103) || (status >= 200 && status <= 208) || status == 226 ||
           (status >= 300 && status <= 308) || (status >= 400 && status <= 431) || status == 440 ||
           (status >= 449 && status <= 451) || (status >= 494 && status <= 511) || (status >= 520 && status <= 530) ||
           status == 540 || status == 598 || status == 599;
}

bool is_error_status(std::string_view text) noexcept
{
    return status_in(text) >= 400 && is_known_status(status_in(text));
}

bool is_status_phrase(std::string_view text) noexcept
{
    // The longest phrase with "HTTP Status 511" around it stays under this.
    if(text.size() > 64 || !may_begin_phrase(text))
        return false;
    std::array<char, 64> folded;
    std::size_t length = 0;
    bool digits = false;
    for(std::size_t i = 0; i < text.size(); ++i)
    {
        if(is_digit(text[i]))
        {
            auto const run =
                std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), is_digit) - text.begin();
            if(digits || !status_in(text.substr(i, static_cast<std::size_t>(run) - i)))
                return false;
            digits = true;
            i = static_cast<std::size_t>(run) - 1;
            // IIS divides statuses further: 404.13
            if(i + 2 < text.size() && text[i + 1] == '.' && is_digit(text[i + 2]))
                for(i += 2; i + 1 < text.size() && is_digit(text[i + 1]);)
                    ++i;
        }
        else if(class_of(text[i]) & letter)
            folded[length++] = lower(text[i]);
    }
    std::string_view rest{folded.data(), length};
    if(is_phrase(rest))
        return true;
    for(std::string_view lead : {"http", "error", "status", "code"})
        if(rest.starts_with(lead) && rest != "error")
            rest.remove_prefix(lead.size());
    return (digits && (rest.empty() || rest == "error")) || is_phrase(rest);
}

bool is_http_link(std::string_view text) noexcept
{
    return (text.starts_with("https://") || text.starts_with("http://")) &&
           std::none_of(text.begin(), text.end(), [](char c) { return is_space(c) || c == '<' || c == '"'; });
}

wording wording_of(std::string_view raw) noexcept
{
    auto const text = trimmed(raw);
    if(text.empty() || (text.size() <= 9 && one_of(text, nothings)))
        return wording::blank;
    // One look at the letters decides most texts; what lies behind the first hundred bytes changes nothing.
    auto const seen_bytes = classes_in(text.substr(0, 160));
    bool const spaced = seen_bytes & space;
    if(!(seen_bytes & letter) && is_number(text))
        return wording::number;
    if(looks_embedded(text))
        return wording::embedded;
    if(!spaced && text.size() <= 12 && one_of(text, verdicts))
        return wording::verdict;
    if(!spaced && is_http_link(text))
        return wording::link;
    auto const seen = spaced ? wording::sentence : wording_of_token(text);
    // NOT_FOUND and not_found are codes; "Not Found" and "Forbidden" repeat the status line.
    bool const mixed = (seen_bytes & letter) == letter;
    if((spaced || (mixed && seen == wording::word) || is_digit(text[0])) && is_status_phrase(text))
        return wording::phrase;
    return seen;
}

} // namespace errata

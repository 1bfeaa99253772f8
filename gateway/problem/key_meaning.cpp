#include "problem/key_meaning.hpp"

#include "problem/known_keys.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace errata
{

namespace
{

using namespace vocabulary;

struct ending
{
    std::string_view end;
    meaning what;
    std::uint8_t weight;
};

// For names that nobody listed. Longest first where one ends with another.
constexpr ending endings[] = {
    {"errormessages", errors, 80},
    {"errormessage", sentence, 82},
    {"message", sentence, 70},
    {"messages", errors, 50},
    {"errormsg", sentence, 82},
    {"msg", sentence, 66},
    {"description", sentence, 60},
    {"desc", sentence, 56},
    {"explanation", sentence, 66},
    {"reason", sentence, 60},
    {"errortext", sentence, 80},
    {"errordetails", sentence, 80},
    {"errordetail", sentence, 80},
    {"detail", sentence, 60},
    {"details", entries, 50},
    {"requestid", request_id, 60},
    {"correlationid", request_id, 60},
    {"traceid", request_id, 60},
    {"violations", errors, 85},
    {"validationerrors", errors, 90},
    {"errors", errors, 80},
    {"failures", errors, 70},
    {"error", error, 60},
    {"fault", error, 60},
    {"exception", error, 40},
    {"failure", error, 40},
    {"errorcode", code, 84},
    {"errcode", code, 82},
    {"response", envelope, 30},
    {"results", envelope, 30},
    {"result", envelope, 30},
    {"errornumber", code, 70},
    {"errorno", code, 70},
    {"errortype", kind, 55},
    {"field", meaning::field, 84},
    {"fieldname", meaning::field, 84},
    {"property", meaning::field, 82},
    {"parameter", meaning::field, 82},
    {"attribute", meaning::field, 82},
    {"propertyname", meaning::field, 82},
    {"paramname", meaning::field, 82},
};

/// By last letter, a bit for each ending.
constexpr auto endings_in = []
{
    std::array<std::uint64_t, 26> of{};
    static_assert(std::size(endings) <= 64);
    for(std::size_t i = 0; i < std::size(endings); ++i)
        of[static_cast<std::size_t>(endings[i].end.back() - 'a')] |= std::uint64_t{1} << i;
    return of;
}();

// An unknown "...code" or "...text" is about the error only when its beginning speaks of an outcome: country_code,
// avs_code and auth_code do not.
constexpr std::string_view outcomes[] = {"err",    "fail",   "fault",  "exception", "status", "stat",      "resp",
                                         "rsp",    "result", "return", "reason",    "declin", "message",   "msg",
                                         "reject", "action", "reply",  "exit",      "report", "condition", "exec"};

bool speaks_of_outcome(std::string_view name)
{
    for(auto word : outcomes)
        if(name.find(word) != name.npos)
            return true;
    return false;
}

constexpr std::string_view nouns_of_fields[] = {"fields",     "params",     "parameters",
                                                "properties", "attributes", "arguments"};
constexpr std::string_view faults[] = {"missing", "invalid", "bad",     "wrong",      "unknown",   "required",
                                       "failed",  "faulty",  "illegal", "unexpected", "duplicate", "rejected"};

/// missing_fields, invalidParamList, issueList
bool lists_what_is_wrong(std::string_view name)
{
    bool const list = name.ends_with("list");
    if(list)
        name.remove_suffix(4);
    if(list)
        for(std::string_view what : {"issue", "error", "violation", "errordetail", "exceptiondetail"})
            if(name.ends_with(what))
                return true;
    bool named = false;
    for(auto const nouns : nouns_of_fields)
        named = named || name.ends_with(list ? nouns.substr(0, nouns.size() - 1) : nouns);
    if(named)
        for(auto const fault : faults)
            if(name.starts_with(fault))
                return true;
    return name == "errorproperties" || name == "errorattributes"; // while error_params are those of its message
}

constexpr std::size_t longest_known = 48;
constexpr char separator = 1, not_ascii = 2;

/// A letter or digit in lower case; 0 for what does not count in a name.
constexpr auto folds = []
{
    std::array<char, 256> table{};
    for(std::size_t c = 0x80; c < table.size(); ++c)
        table[c] = not_ascii;
    for(char c = '0'; c <= '9'; ++c)
        table[static_cast<unsigned char>(c)] = c;
    for(char c = 'a'; c <= 'z'; ++c)
        table[static_cast<unsigned char>(c)] = table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
    table['.'] = table[':'] = separator;
    return table;
}();

/// U+00C0 to U+00FF without their marks, as their second byte in UTF-8 counts them; a blank has none.
constexpr std::string_view latin = "aaaaaa ceeeeiiiidnooooo ouuuuy  aaaaaa ceeeeiiiidnooooo ouuuuy y";
static_assert(latin.size() == 64);

constexpr std::size_t buckets = 2048;

constexpr std::uint32_t hash_of(std::string_view name)
{
    std::uint32_t hash = 2166136261u;
    for(char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash ^ (hash >> 15);
}

// Open addressing over row numbers + 1, built by the compiler.
constexpr auto slots = []
{
    std::array<std::uint16_t, buckets> table{};
    for(std::size_t i = 0; i < std::size(known_keys); ++i)
    {
        auto at = hash_of(known_keys[i].name) % buckets;
        while(table[at])
            at = (at + 1) % buckets;
        table[at] = static_cast<std::uint16_t>(i + 1);
    }
    return table;
}();

known_key const* look_up(std::string_view folded) noexcept
{
    for(auto at = hash_of(folded) % buckets; slots[at]; at = (at + 1) % buckets)
        if(auto const& row = known_keys[slots[at] - 1]; row.name == folded)
            return &row;
    return nullptr;
}

key_sense guess(std::string_view folded) noexcept
{
    auto const last = folded.empty() ? '\0' : folded.back();
    if(last >= 'a')
        for(auto left = endings_in[static_cast<std::size_t>(last - 'a')]; left != 0; left &= left - 1)
            if(auto const& e = endings[std::countr_zero(left)]; folded.ends_with(e.end))
                return {e.what, e.weight, wait_unit::none, false};
    auto const rest = [&](std::size_t cut) { return folded.substr(0, folded.size() - cut); };
    if(folded.ends_with("code") && speaks_of_outcome(rest(4)))
        return {code, 58, wait_unit::none, false};
    if(folded.ends_with("cd") && speaks_of_outcome(rest(2)))
        return {code, 58, wait_unit::none, false};
    if(folded.ends_with("rc") && speaks_of_outcome(rest(2)))
        return {code, 58, wait_unit::none, false};
    if(folded.ends_with("text") && speaks_of_outcome(rest(4)))
        return {sentence, 58, wait_unit::none, false};
    if(folded.starts_with("response") || folded.starts_with("result") || folded.starts_with("transactionresult"))
        return {envelope, 30, wait_unit::none, false};
    if(lists_what_is_wrong(folded))
        return {errors, 90, wait_unit::none, false};
    if(folded.ends_with("status") || folded.ends_with("stat"))
        return {status, 30, wait_unit::none, false};
    if(folded.starts_with("responsetext") || folded.starts_with("errortext"))
        return {sentence, 50, wait_unit::none, false};
    if(folded.find("pointer") != folded.npos)
        return {field, 85, wait_unit::none, false};
    // ErrorPlus, error1_text, lasterrorinfo: some text about the error.
    if(folded.find("error") != folded.npos || folded.find("errmsg") != folded.npos)
        return {sentence, 45, wait_unit::none, false};
    return {};
}

} // namespace

key_sense meaning_of(std::string_view name) noexcept
{
    if(name.empty())
        return {};
    char folded[longest_known];
    std::size_t length = 0;
    bool foreign = false;
    // "odata.error", "hydra:description", "response.text": the last segment says what it is.
    bool const segmented = folds[static_cast<unsigned char>(name.back())] != separator;
    for(std::size_t i = 0; i < name.size(); ++i)
    {
        char c = folds[static_cast<unsigned char>(name[i])];
        if(c == not_ascii && name[i] == '\xc3' && i + 1 < name.size()) // descripción
        {
            auto const second = static_cast<unsigned char>(name[++i]) - 0x80u;
            c = second < latin.size() && latin[second] != ' ' ? latin[second] : not_ascii;
        }
        if(c >= '0')
        {
            if(length == longest_known)
                foreign = true;
            else
                folded[length++] = c;
        }
        else if(c == not_ascii)
            foreign = true;
        else if(c == separator && segmented)
        {
            length = 0;
            foreign = false;
        }
    }
    if(foreign)
        return {};
    std::string_view const key{folded, length};
    if(auto const* row = look_up(key))
        return {row->what, row->weight, row->unit, true};
    // Form posts number their members (response1, error1); the number means nothing.
    auto const letters = key.substr(0, key.find_last_not_of("0123456789") + 1);
    if(letters.size() < key.size() && !letters.empty())
        if(auto const* row = look_up(letters))
            return {row->what, static_cast<std::uint8_t>(row->weight / 2), row->unit, false};
    return guess(letters);
}

} // namespace errata

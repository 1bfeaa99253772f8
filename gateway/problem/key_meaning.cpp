#include "problem/key_meaning.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace errata
{

namespace
{

using enum meaning;

struct known_key
{
    std::string_view name; ///< folded: lower-case letters and digits alone
    meaning what;
    std::uint8_t weight;
    wait_unit unit = wait_unit::none;
};

// Weights order names of the same meaning: the more a name promises an explanation of this very error, the higher.
constexpr known_key known_keys[] = {
    // Sentences.
    {"errordescription", sentence, 97},
    {"errordetail", sentence, 94},
    {"errordetails", sentence, 93},
    {"errormessage", sentence, 93},
    {"errormsg", sentence, 93},
    {"errmsg", sentence, 92},
    {"errmessage", sentence, 92},
    {"errdesc", sentence, 92},
    {"edesc", sentence, 90},
    {"errortext", sentence, 92},
    {"errorreason", sentence, 88},
    {"errorsummary", sentence, 90},
    {"errorinfo", sentence, 70},
    {"errorstring", sentence, 90},
    {"errorusermsg", sentence, 60},
    {"detail", sentence, 95},
    {"detailedmessage", sentence, 95},
    {"detailmessage", sentence, 95},
    {"messagedetail", sentence, 94},
    {"longmessage", sentence, 95},
    {"longtext", sentence, 95},
    {"shortmessage", sentence, 60},
    {"shorttext", sentence, 58},
    {"description", sentence, 86},
    {"descriptions", sentence, 80},
    {"desc", sentence, 82},
    {"dsc", sentence, 80},
    {"message", sentence, 90},
    {"messagetext", sentence, 90},
    {"messages", errors, 70},
    {"msg", sentence, 89},
    {"msgs", errors, 70},
    {"text", sentence, 60},
    {"explanation", sentence, 88},
    {"reason", sentence, 76},
    {"reasonmessage", sentence, 84},
    {"reasontext", sentence, 84},
    {"reasonphrase", title, 20},
    {"failurereason", sentence, 88},
    {"failuremessage", sentence, 90},
    {"faultstring", sentence, 92},
    {"moreinformation", sentence, 82},
    {"additionalinformation", sentence, 60},
    {"additionalinfo", entries, 40},
    {"developermessage", sentence, 84},
    {"usermessage", sentence, 80},
    {"displaymessage", sentence, 70},
    {"localizedmessage", sentence, 80},
    {"localisedmessage", sentence, 80},
    {"defaultmessage", sentence, 80},
    {"friendlymessage", sentence, 78},
    {"diagnostics", sentence, 86},
    {"statusmessage", sentence, 74},
    {"statusmsg", sentence, 74},
    {"statusdescription", sentence, 74},
    {"statustext", sentence, 40},
    {"statusdetail", sentence, 84},
    {"responsemessage", sentence, 74},
    {"responsetext", sentence, 70},
    {"resultmessage", sentence, 74},
    {"httpmessage", sentence, 25},
    {"httpstatusmessage", sentence, 20},
    {"summary", sentence, 66},
    {"info", sentence, 50},
    {"notice", sentence, 40},
    {"warning", sentence, 30},
    {"warnings", unknown, 0},
    {"constraint", sentence, 40},
    {"hint", value, 0},
    {"exceptionmessage", sentence, 78},
    {"exceptiontext", sentence, 90},
    {"content", sentence, 35},
    // Headings.
    {"title", title, 60},
    {"heading", title, 55},
    {"subject", title, 40},
    {"errortitle", title, 62},
    {"errorusertitle", title, 40},
    {"name", title, 50},
    {"label", title, 20},
    // The error itself and lists of errors.
    {"error", error, 90},
    {"err", error, 88},
    {"fault", error, 88},
    {"failure", error, 84},
    {"problem", error, 84},
    {"exception", internal, 60},
    {"serviceexception", error, 80},
    {"errorresponse", envelope, 60},
    {"rootcause", internal, 0},
    {"cause", sentence, 45},
    {"causedby", internal, 0},
    {"errors", errors, 95},
    {"errorlist", errors, 95},
    {"errorscollection", errors, 90},
    {"errormessages", errors, 92},
    {"errorcauses", errors, 92},
    {"errs", errors, 90},
    {"errorcodes", errors, 85},
    {"reasons", errors, 85},
    {"messageid", code, 61},
    {"failures", errors, 85},
    {"faults", errors, 85},
    {"problems", errors, 85},
    {"issues", errors, 88},
    {"issue", errors, 86},
    {"violations", errors, 95},
    {"constraintviolations", errors, 95},
    {"fieldviolations", errors, 97},
    {"parameterviolations", errors, 95},
    {"propertyviolations", errors, 95},
    {"fielderrors", errors, 97},
    {"errorfields", errors, 95},
    {"invalidfields", errors, 95},
    {"badfields", errors, 90},
    {"invalidparams", errors, 97},
    {"invalidparameters", errors, 97},
    {"paramerrors", errors, 95},
    {"validationerrors", errors, 97},
    {"validationerror", errors, 92},
    {"validationmessages", errors, 95},
    {"validationissues", errors, 95},
    {"validationresults", errors, 90},
    {"validationfailures", errors, 95},
    {"validation", errors, 70},
    {"validations", errors, 80},
    {"formerrors", errors, 90},
    {"modelstate", errors, 95},
    {"suberrors", errors, 90},
    {"innererrors", errors, 60},
    {"errorchain", unknown, 0},
    {"innererror", unknown, 0},
    {"errordata", entries, 55},
    {"nonfielderrors", errors, 90},
    {"genericerrors", errors, 80},
    {"globalerrors", errors, 80},
    {"details", entries, 70},
    {"fields", entries, 60},
    {"keys", entries, 60},
    {"attr", field, 85},
    {"params", entries, 30},
    {"data", entries, 40},
    {"extra", entries, 40},
    {"context", entries, 30},
    {"extensions", envelope, 45},
    {"meta", envelope, 30},
    {"metadata", envelope, 30},
    {"payload", envelope, 35},
    {"response", envelope, 45},
    {"responses", envelope, 40},
    {"result", envelope, 45},
    {"results", envelope, 45},
    {"body", envelope, 45},
    {"output", envelope, 35},
    {"embedded", envelope, 40},
    {"envelope", envelope, 45},
    {"header", envelope, 25},
    {"responsestatus", error, 60},
    {"statusinfo", envelope, 40},
    {"errorobject", error, 80},
    {"messageset", errors, 60},
    {"constraints", errors, 60},
    // Codes.
    {"errorcode", code, 97},
    {"errcode", code, 95},
    {"ecode", code, 90},
    {"code", code, 92},
    {"subcode", code, 30},
    {"errorsubcode", code, 20},
    {"errno", code, 78},
    {"errornumber", code, 74},
    {"errornum", code, 60},
    {"errorno", code, 78},
    {"number", code, 35},
    {"primarycode", code, 90},
    {"internalcode", code, 60},
    {"errorcodename", code, 90},
    {"errorname", code, 70},
    {"errorkey", code, 80},
    {"errorreference", request_id, 40},
    {"messagecode", code, 85},
    {"messagekey", code, 70},
    {"msgcode", code, 85},
    {"reasoncode", code, 86},
    {"responsecode", code, 76},
    {"resultcode", code, 78},
    {"returncode", code, 78},
    {"respcode", code, 76},
    {"retcode", code, 78},
    {"failurecode", code, 86},
    {"exceptioncode", code, 90},
    {"faultcode", code, 60},
    {"declinecode", code, 70},
    {"statuscode", code, 40},
    {"sqlstate", value, 0},
    {"key", code, 30},
    {"id", code, 33},
    {"errorpath", field, 85},
    {"errortype", kind, 72},
    {"errorclass", internal, 0},
    {"errorcategory", kind, 50},
    {"type", kind, 64},
    {"messagetype", kind, 10},
    {"category", kind, 56},
    {"kind", kind, 40},
    {"classification", kind, 50},
    {"rule", kind, 50},
    {"keyword", kind, 50},
    {"tag", kind, 40},
    {"severity", value, 0},
    {"level", value, 0},
    // Statuses and flags.
    {"status", status, 50},
    {"httpstatus", status, 10},
    {"httpstatuscode", status, 10},
    {"httpcode", status, 10},
    {"httpstatuses", status, 10},
    {"httpresponsecode", status, 10},
    {"state", status, 20},
    {"success", flag, 0},
    {"successful", flag, 0},
    {"issuccess", flag, 0},
    {"ok", flag, 0},
    {"iserror", flag, 0},
    {"haserror", flag, 0},
    {"haserrors", flag, 0},
    {"failed", flag, 0},
    {"acknowledgement", flag, 0},
    {"ack", flag, 0},
    {"approved", flag, 0},
    {"retryable", flag, 0},
    {"isretryable", flag, 0},
    {"shouldretry", flag, 0},
    {"temporary", flag, 0},
    {"transient", flag, 0},
    {"istransient", flag, 0},
    {"expose", flag, 0},
    // Fields.
    {"field", field, 95},
    {"fieldname", field, 95},
    {"fieldpath", field, 95},
    {"param", field, 92},
    {"paramname", field, 92},
    {"parameter", field, 92},
    {"parametername", field, 92},
    {"property", field, 92},
    {"propertyname", field, 93},
    {"propertypath", field, 94},
    {"jsonpath", field, 90},
    {"jsonpointer", field, 90},
    {"pointer", field, 92},
    {"path", field, 70},
    {"datapath", field, 80},
    {"instancepath", field, 85},
    {"loc", field, 90},
    {"attribute", field, 88},
    {"attributename", field, 88},
    {"target", field, 60},
    {"variable", field, 70},
    {"expression", field, 60},
    {"locator", field, 60},
    {"member", field, 50},
    {"membernames", field, 80},
    {"members", entries, 60},
    {"column", field, 30},
    {"columnname", field, 60},
    {"argument", field, 92},
    {"argumentname", field, 70},
    {"input", value, 0},
    {"inputname", field, 80},
    {"element", field, 40},
    {"elementname", field, 60},
    {"in", location, 90},
    {"location", location, 60},
    {"where", location, 60},
    {"locationtype", location, 70},
    {"source", source, 60},
    // Identifiers of the occurrence.
    {"requestid", request_id, 95},
    {"reqid", request_id, 90},
    {"xrequestid", request_id, 95},
    {"traceid", request_id, 88},
    {"apitraceid", request_id, 88},
    {"fbtraceid", request_id, 88},
    {"correlationid", request_id, 90},
    {"debugid", request_id, 88},
    {"errorid", request_id, 84},
    {"errorinstanceid", request_id, 84},
    {"incidentid", request_id, 80},
    {"activityid", request_id, 80},
    {"operationid", request_id, 60},
    {"responseid", request_id, 70},
    {"eventid", request_id, 60},
    {"trackingid", request_id, 80},
    {"supportid", request_id, 70},
    {"logid", request_id, 70},
    {"logref", request_id, 60},
    {"rayid", request_id, 80},
    {"svtrid", request_id, 60},
    {"spanid", value, 0},
    {"trace", internal, 0},
    // Documentation.
    {"help", help, 90},
    {"helpurl", help, 90},
    {"helplink", help, 90},
    {"docs", help, 80},
    {"docurl", help, 92},
    {"docsurl", help, 92},
    {"doc", help, 80},
    {"documentation", help, 85},
    {"documentationurl", help, 92},
    {"documentationlink", help, 90},
    {"moreinfo", help, 80},
    {"moreinfourl", help, 85},
    {"infourl", help, 80},
    {"infolink", help, 80},
    {"helpuri", help, 90},
    {"erroruri", help, 90},
    {"learnmore", help, 70},
    {"link", help, 40},
    {"links", help, 40},
    {"url", help, 20},
    {"href", help, 20},
    // Waits.
    {"retryafter", wait, 90},
    {"retryafterseconds", wait, 95, wait_unit::seconds},
    {"retryaftersecs", wait, 95, wait_unit::seconds},
    {"retryaftersec", wait, 95, wait_unit::seconds},
    {"retryafters", wait, 95, wait_unit::seconds},
    {"retryafterms", wait, 95, wait_unit::milliseconds},
    {"retryaftermillis", wait, 95, wait_unit::milliseconds},
    {"retryaftermilliseconds", wait, 95, wait_unit::milliseconds},
    {"retryin", wait, 85},
    {"retryinseconds", wait, 90, wait_unit::seconds},
    {"retryinms", wait, 90, wait_unit::milliseconds},
    {"retrydelay", wait, 85},
    {"retrydelayseconds", wait, 90, wait_unit::seconds},
    {"retrydelayms", wait, 90, wait_unit::milliseconds},
    {"retrywait", wait, 80},
    {"retrywaitseconds", wait, 90, wait_unit::seconds},
    {"resetin", wait, 70},
    {"resetsin", wait, 70},
    {"resetafter", wait, 70},
    {"resetinseconds", wait, 80, wait_unit::seconds},
    {"resetsinseconds", wait, 80, wait_unit::seconds},
    {"resetafterseconds", wait, 80, wait_unit::seconds},
    {"resetinms", wait, 80, wait_unit::milliseconds},
    {"waitseconds", wait, 80, wait_unit::seconds},
    {"secondstowait", wait, 80, wait_unit::seconds},
    {"secondsremaining", wait, 60, wait_unit::seconds},
    {"secondsuntilreset", wait, 80, wait_unit::seconds},
    {"secondsuntilretry", wait, 80, wait_unit::seconds},
    {"waittime", wait, 60},
    {"waitms", wait, 80, wait_unit::milliseconds},
    {"wait", wait, 50},
    {"backoff", wait, 60},
    {"backoffseconds", wait, 80, wait_unit::seconds},
    {"backoffms", wait, 80, wait_unit::milliseconds},
    {"cooldown", wait, 50},
    {"availablein", wait, 70},
    {"tryagainin", wait, 80},
    {"lockout", value, 0},
    // For the service's own people.
    {"stack", internal, 0},
    {"stacktrace", internal, 0},
    {"traces", internal, 0},
    {"backtrace", internal, 0},
    {"traceback", internal, 0},
    {"debug", internal, 0},
    {"exceptiontype", internal, 0},
    {"exceptionclass", internal, 0},
    {"innerexception", internal, 0},
    {"file", value, 0},
    {"line", value, 0},
    // Never a message, whatever they hold.
    {"value", value, 0},
    {"rejectedvalue", value, 0},
    {"invalidvalue", value, 0},
    {"valueprovided", value, 0},
    {"attemptedvalue", value, 0},
    {"instance", uri, 0},
    {"timestamp", value, 0},
    {"time", value, 0},
    {"date", value, 0},
    {"datetime", value, 0},
    {"method", value, 0},
    {"version", value, 0},
    {"apiversion", value, 0},
    {"jsonrpc", value, 0},
    {"host", value, 0},
    {"hostname", value, 0},
    {"hostid", value, 0},
    {"service", value, 0},
    {"domain", value, 0},
    {"server", value, 0},
    {"ctx", value, 0},
    {"validator", value, 0},
    {"arguments", value, 0},
    {"codes", value, 0},
    {"schema", value, 0},
    {"query", value, 0},
    {"request", value, 0},
    {"locations", value, 0},
    {"lang", value, 0},
    {"locale", value, 0},
    {"language", value, 0},
};

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
constexpr std::string_view outcomes[] = {"err",     "fail", "fault",  "exception", "status", "stat",
                                         "resp",    "rsp",  "result", "return",    "reason", "declin",
                                         "message", "msg",  "reject", "action"};

bool speaks_of_outcome(std::string_view name)
{
    for(auto word : outcomes)
        if(name.find(word) != name.npos)
            return true;
    return false;
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
    if(folded.ends_with("text") && speaks_of_outcome(rest(4)))
        return {sentence, 58, wait_unit::none, false};
    if(folded.starts_with("response") || folded.starts_with("result") || folded.starts_with("transactionresult"))
        return {envelope, 30, wait_unit::none, false};
    if(folded.ends_with("status") || folded.ends_with("stat"))
        return {status, 30, wait_unit::none, false};
    if(folded.starts_with("responsetext") || folded.starts_with("errortext"))
        return {sentence, 50, wait_unit::none, false};
    // ErrorPlus, error1_text, lasterrorinfo: some text about the error.
    if(folded.find("error") != folded.npos || folded.find("errmsg") != folded.npos)
        return {sentence, 45, wait_unit::none, false};
    return {};
}

} // namespace

key_sense meaning_of(std::string_view name) noexcept
{
    char folded[longest_known];
    std::size_t length = 0;
    bool foreign = false;
    // "odata.error", "hydra:description", "response.text": the last segment says what it is.
    bool const segmented = !name.empty() && folds[static_cast<unsigned char>(name.back())] != separator;
    for(char const raw : name)
    {
        char const c = folds[static_cast<unsigned char>(raw)];
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

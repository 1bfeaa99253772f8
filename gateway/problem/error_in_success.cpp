#include "problem/error_in_success.hpp"

#include "problem/node_sense.hpp"
#include "problem/wording.hpp"

namespace errata
{

namespace
{

using ref = document::ref;

bool is_true(ref const& v)
{
    return v.type() == document::kind::boolean ? v.text() == "true" : iequals(v.text(), "true") || v.text() == "1";
}
bool is_false(ref const& v)
{
    if(v.type() == document::kind::boolean)
        return v.text() == "false";
    for(std::string_view no : {"false", "0", "no", "error", "fail", "failed", "failure"})
        if(iequals(v.text(), no))
            return true;
    return false;
}

bool is_failure_word(std::string_view text)
{
    for(std::string_view word : {"error", "fail", "failed", "failure", "ko", "nok", "fault", "exception"})
        if(iequals(text, word))
            return true;
    return false;
}

bool is_empty(ref const& v)
{
    if(v.is_container())
        return v.size() == 0;
    if(v.type() == document::kind::null)
        return true;
    if(v.type() == document::kind::boolean)
        return v.text() == "false";
    auto const text = trimmed(v.text());
    return text.empty() || text == "0" || iequals(text, "none") || iequals(text, "ok");
}

bool member_says_error(ref const& m)
{
    auto const key = meaning_of(m);
    switch(key.what)
    {
    case meaning::error:
        return key.exact && !is_empty(m);
    case meaning::errors:
        return key.exact && key.weight >= 85 && m.is_container() && m.size() > 0;
    case meaning::flag:
        if(iequals(m.name(), "failed") || iequals(m.name(), "isError") || iequals(m.name(), "is_error") ||
           iequals(m.name(), "hasError") || iequals(m.name(), "hasErrors"))
            return !m.is_container() && is_true(m);
        return key.exact && !m.is_container() && (iequals(m.name(), "ok") || meaning_of(m) == meaning_of("success")) &&
               is_false(m);
    case meaning::status:
    case meaning::envelope:
        return m.is_string() && is_failure_word(m.text());
    case meaning::code:
    case meaning::kind:
        return key.exact && (key.weight >= 95 || iequals(m.name(), "errorType") || iequals(m.name(), "error_type")) &&
               !is_empty(m);
    case meaning::sentence:
        return key.exact && key.weight >= 88 &&
               (m.name().starts_with("err") || m.name().starts_with("Err") || m.name().starts_with("ERR")) &&
               !is_empty(m);
    default:
        return false;
    }
}

bool object_says_error(ref const& object, unsigned depth)
{
    for(auto m = object.child(); m; m = m.next())
    {
        if(member_says_error(m))
            return true;
        // A wrapper around everything: <Envelope><Body><Fault>, {"response": {...}}, [{"error": ...}].
        bool const wraps = object.size() <= 2 || meaning_of(m).what == meaning::envelope;
        if(depth < 4 && m.is_object() && wraps && object_says_error(m, depth + 1))
            return true;
        if(depth < 2 && m.is_array() && m.child().is_object() && wraps && object_says_error(m.child(), depth + 1))
            return true;
    }
    return false;
}

} // namespace

bool says_error(document const& doc, recognized const& found)
{
    if(!found.oauth_error.empty())
        return true;
    auto const root = doc.root();
    if(root.is_array())
        return root.child().is_object() && object_says_error(root.child(), 1);
    return root.is_object() && doc.shape() != document::form::html && object_says_error(root, 0);
}

} // namespace errata

#include "command/json_subset.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace errata
{
namespace
{
namespace json = boost::json;

std::string shown(json::value const& v)
{
    auto text = json::serialize(v);
    return text.size() > 200 ? text.substr(0, 197) + "..." : text;
}

void compare(json::value const& wanted, json::value const& got, std::string const& at, std::vector<std::string>& out)
{
    if(wanted.is_object() && got.is_object())
    {
        for(auto const& [name, member] : wanted.get_object())
        {
            auto const here = at.empty() ? std::string{name} : at + "." + std::string{name};
            auto const* found = got.get_object().if_contains(name);
            if(found && !(member.is_null() && found->is_null()))
                compare(member, *found, here, out);
            else if(!found && !member.is_null())
                out.push_back(fmt::format("body.{}: expected {}, got nothing", here, shown(member)));
        }
        return;
    }
    if(wanted.is_array() && got.is_array() && wanted.get_array().size() == got.get_array().size())
    {
        for(std::size_t i = 0; i < wanted.get_array().size(); ++i)
            compare(wanted.get_array()[i], got.get_array()[i], fmt::format("{}[{}]", at, i), out);
        return;
    }
    auto const numbers = wanted.is_number() && got.is_number();
    if(numbers ? wanted.to_number<double>() != got.to_number<double>() : wanted != got)
        out.push_back(fmt::format("body{}{}: expected {}, got {}", at.empty() ? "" : ".", at,
                                  wanted.is_null() ? "nothing" : shown(wanted), shown(got)));
}
} // namespace

std::vector<std::string> json_differences(std::string_view wanted, std::string_view got)
{
    std::vector<std::string> out;
    boost::system::error_code bad_wanted, bad_got;
    auto const expected = json::parse(wanted, bad_wanted);
    auto const answer = json::parse(got, bad_got);
    if(bad_wanted)
        out.emplace_back("body: what is expected is no JSON");
    else if(expected.is_string() && (bad_got || !answer.is_string()))
    {
        if(expected.get_string() != got)
            out.push_back(fmt::format("body: expected {}, got {}", shown(expected), shown(json::value(got))));
    }
    else if(bad_got)
        out.push_back(fmt::format("body: expected JSON, got {}", got.empty() ? "nothing" : shown(json::value(got))));
    else
        compare(expected, answer, {}, out);
    return out;
}

} // namespace errata

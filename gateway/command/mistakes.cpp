#include "command/mistakes.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace errata
{

std::string count_mistakes(std::vector<mistake> const& mistakes)
{
    auto const warnings = static_cast<std::size_t>(
        std::count_if(mistakes.begin(), mistakes.end(), [](auto const& m) { return m.warning; }));
    auto const errors = mistakes.size() - warnings;
    auto out = fmt::format("{} {}", errors, errors == 1 ? "error" : "errors");
    if(warnings)
        out += fmt::format(", {} {}", warnings, warnings == 1 ? "warning" : "warnings");
    return out;
}

void write_mistakes(std::vector<mistake> const& mistakes, std::ostream& out)
{
    for(auto const& m : mistakes)
        out << describe(m);
    if(!mistakes.empty())
        out << count_mistakes(mistakes) << '\n';
}

void write_mistakes_json(std::vector<mistake> const& mistakes, std::ostream& out)
{
    boost::json::array all;
    for(auto const& m : mistakes)
        all.push_back({{"file", m.where.file},
                       {"line", m.where.line},
                       {"column", m.where.column},
                       {"severity", m.warning ? "warning" : "error"},
                       {"message", m.message},
                       {"expected", m.expected}});
    out << boost::json::serialize(all) << '\n';
}

} // namespace errata

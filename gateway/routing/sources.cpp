#include "routing/sources.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errata
{

std::uint16_t source_set::add(std::string name, std::string text)
{
    sources_.push_back({std::move(name), std::move(text)});
    return static_cast<std::uint16_t>(sources_.size() - 1);
}

source_position source_set::position(yaml_node const& node) const
{
    return {node.file < sources_.size() ? sources_[node.file].name : std::string{}, node.line, node.column};
}

std::string source_set::line(std::uint16_t file, unsigned number) const
{
    if(file >= sources_.size() || number == 0)
        return {};
    std::string_view rest = sources_[file].text;
    for(; number > 1; --number)
    {
        auto const end = rest.find('\n');
        if(end == std::string_view::npos)
            return {};
        rest.remove_prefix(end + 1);
    }
    auto line = rest.substr(0, std::min<std::size_t>(rest.find('\n'), 200));
    while(!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    return std::string{line};
}

std::string to_text(source_position const& at)
{
    return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

std::string describe(mistake const& m)
{
    auto out = fmt::format("{}: {}: {}\n", to_text(m.where), m.warning ? "warning" : "error", m.message);
    if(!m.line.empty())
    {
        auto const gutter = fmt::format("{:>5} | ", m.where.line);
        out += gutter + m.line + '\n';
        // Tabs stay tabs, so that the caret stands under its column whatever the terminal makes of them.
        std::string pad(gutter.size(), ' ');
        for(std::size_t i = 1; i < m.where.column && i <= m.line.size(); ++i)
            pad += m.line[i - 1] == '\t' ? '\t' : ' ';
        out += pad + "^\n";
    }
    if(!m.expected.empty())
        out += "      expected " + m.expected + '\n';
    return out;
}

} // namespace errata

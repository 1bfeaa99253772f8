#include "proxy/head_syntax.hpp"

namespace errata
{
using namespace syntax;

std::string_view head::value(field_id id) const noexcept
{
    if(has(id))
        for(std::size_t i = 0; i < ids.size(); ++i)
            if(ids[i] == id)
                return fields[i].value;
    return {};
}

bool head::ends_here(std::size_t i) const noexcept
{
    // Trailer announces what comes after a chunked body, which is passed on chunked, with its trailer section.
    if(ids[i] == field_id::trailer && body == framing::chunked)
        return false;
    if(is_connection_specific(ids[i]))
        return true;
    if(is_protected(ids[i]))
        return false;
    for(auto const& name : nominated)
        if(iequals(name, fields[i].name))
            return true;
    return false;
}

void head::clear() noexcept
{
    head_facts::operator=({});
    fields.clear();
    ids.clear();
    nominated.clear();
}

bool head_scanner::scan(std::string_view bytes) noexcept
{
    for(;;)
    {
        auto const line = find_line_end(bytes, at_);
        at_ = line.at;
        if(line.status != line_status::complete)
            return line.status == line_status::bad;
        auto const empty = at_ == line_;
        at_ = line_ = line.at + 2;
        if(first_line_ == 0)
            first_line_ = at_;
        if(empty)
            return true;
    }
}

} // namespace errata

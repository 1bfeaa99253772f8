#include "problem/field.hpp"

namespace errata
{
namespace
{
char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
} // namespace

std::string_view trim(std::string_view s) noexcept
{
    while(!s.empty() && (s.front() == ' ' || s.front() == '\t'))
        s.remove_prefix(1);
    while(!s.empty() && (s.back() == ' ' || s.back() == '\t'))
        s.remove_suffix(1);
    return s;
}

bool same_letters(std::string_view a, std::string_view b) noexcept
{
    if(a == b) // as names are written mostly
        return true;
    for(std::size_t i = 0; i < a.size(); ++i)
        if(a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool is_token(std::string_view text) noexcept
{
    for(char const c : text)
    {
        bool const alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if(!alphanumeric && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos)
            return false;
    }
    return !text.empty();
}

field const* find(field_list fields, std::string_view name) noexcept
{
    for(auto const& f : fields)
        if(iequals(f.name, name))
            return &f;
    return nullptr;
}

std::string_view value_of(field_list fields, std::string_view name) noexcept
{
    auto const* f = find(fields, name);
    return f ? f->value : std::string_view{};
}

bool has_token(field_list fields, std::string_view name, std::string_view token) noexcept
{
    for(auto const& f : fields)
    {
        if(!iequals(f.name, name))
            continue;
        auto rest = f.value;
        while(!rest.empty())
        {
            auto const comma = rest.find(',');
            if(iequals(trim(rest.substr(0, comma)), token))
                return true;
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    return false;
}

} // namespace errata

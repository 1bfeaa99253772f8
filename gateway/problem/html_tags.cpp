#include "problem/html_tags.hpp"

#include <algorithm>
#include <array>

namespace errata
{
namespace
{
constexpr std::array html_tags{
    html_tag{"a", tag_role::inline_},        html_tag{"address", tag_role::meaning},
    html_tag{"article", tag_role::block},    html_tag{"aside", tag_role::block},
    html_tag{"b", tag_role::emphasis},       html_tag{"big", tag_role::inline_},
    html_tag{"blockquote", tag_role::block}, html_tag{"body", tag_role::block},
    html_tag{"br", tag_role::line},          html_tag{"button", tag_role::meaning},
    html_tag{"caption", tag_role::block},    html_tag{"center", tag_role::block},
    html_tag{"code", tag_role::inline_},     html_tag{"dd", tag_role::meaning},
    html_tag{"details", tag_role::block},    html_tag{"div", tag_role::block},
    html_tag{"dl", tag_role::block},         html_tag{"dt", tag_role::meaning},
    html_tag{"em", tag_role::inline_},       html_tag{"fieldset", tag_role::block},
    html_tag{"font", tag_role::inline_},     html_tag{"footer", tag_role::meaning},
    html_tag{"form", tag_role::block},       html_tag{"h1", tag_role::meaning},
    html_tag{"h2", tag_role::meaning},       html_tag{"h3", tag_role::meaning},
    html_tag{"h4", tag_role::meaning},       html_tag{"h5", tag_role::meaning},
    html_tag{"h6", tag_role::meaning},       html_tag{"head", tag_role::block},
    html_tag{"header", tag_role::block},     html_tag{"hr", tag_role::rule},
    html_tag{"html", tag_role::block},       html_tag{"i", tag_role::inline_},
    html_tag{"img", tag_role::inline_},      html_tag{"legend", tag_role::block},
    html_tag{"li", tag_role::meaning},       html_tag{"link", tag_role::inline_},
    html_tag{"main", tag_role::block},       html_tag{"meta", tag_role::inline_},
    html_tag{"nav", tag_role::meaning},      html_tag{"noscript", tag_role::dropped},
    html_tag{"ol", tag_role::block},         html_tag{"p", tag_role::block},
    html_tag{"pre", tag_role::meaning},      html_tag{"script", tag_role::dropped},
    html_tag{"section", tag_role::block},    html_tag{"select", tag_role::dropped},
    html_tag{"small", tag_role::inline_},    html_tag{"span", tag_role::inline_},
    html_tag{"strong", tag_role::emphasis},  html_tag{"style", tag_role::dropped},
    html_tag{"summary", tag_role::block},    html_tag{"svg", tag_role::dropped},
    html_tag{"table", tag_role::block},      html_tag{"tbody", tag_role::block},
    html_tag{"td", tag_role::meaning},       html_tag{"template", tag_role::dropped},
    html_tag{"textarea", tag_role::meaning}, html_tag{"tfoot", tag_role::block},
    html_tag{"th", tag_role::meaning},       html_tag{"thead", tag_role::block},
    html_tag{"title", tag_role::meaning},    html_tag{"tr", tag_role::block},
    html_tag{"tt", tag_role::inline_},       html_tag{"u", tag_role::inline_},
    html_tag{"ul", tag_role::block},
};
static_assert(std::is_sorted(html_tags.begin(), html_tags.end(),
                             [](auto const& a, auto const& b) { return a.name < b.name; }));

char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
} // namespace

html_tag const* find_tag(std::string_view name) noexcept
{
    constexpr std::size_t longest = 10;
    if(name.empty() || name.size() > longest)
        return nullptr;
    char folded[longest]{};
    std::transform(name.begin(), name.end(), folded, lower);
    std::string_view const wanted{folded, name.size()};
    auto const* const found = std::lower_bound(html_tags.begin(), html_tags.end(), wanted,
                                               [](auto const& t, std::string_view n) { return t.name < n; });
    return found != html_tags.end() && found->name == wanted ? found : nullptr;
}

bool ends_before(std::string_view open, std::string_view next) noexcept
{
    bool const cell = next == "td" || next == "th", row = next == "tr" || next == "tbody" || next == "tfoot";
    if(open == "p")
        return true;
    if(open == "td" || open == "th")
        return cell || row;
    if(open == "tr")
        return row;
    if(open == "dt" || open == "dd")
        return next == "dt" || next == "dd";
    return (open == "li" && next == "li") || (open == "head" && next == "body");
}

} // namespace errata

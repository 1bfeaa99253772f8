#pragma once

#include <cstdint>
#include <string_view>

namespace errata
{

/// What a tag does to the text around it. What is not in the table is inline: it vanishes.
enum class tag_role : std::uint8_t
{
    inline_,
    block,    ///< separates text, means nothing by itself
    meaning,  ///< separates text and says what it is
    line,     ///< br
    rule,     ///< hr: separates, has no inside
    emphasis, ///< b, strong: may be a label
    dropped   ///< its inside is not for people
};

struct html_tag
{
    std::string_view name;
    tag_role role;
};

/// The row for a tag name in any case; nullptr for a tag that HTML does not have, or that nobody needs.
[[nodiscard]] html_tag const* find_tag(std::string_view name) noexcept;

/// Elements that nobody need close (HTML 13.1.2.4): does `next` end `open`? Both as the table names them.
[[nodiscard]] bool ends_before(std::string_view open, std::string_view next) noexcept;

} // namespace errata

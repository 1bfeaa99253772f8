#pragma once

#include "problem/arena.hpp"

#include <string_view>

namespace errata
{

/// The readable text of a page, gathered block by block in one stretch of memory: never longer than its markup.
class html_text
{
public:
    html_text(std::size_t markup_size, arena& memory)
        : begin_(memory.allocate(markup_size)), end_(begin_), block_(begin_)
    {
    }

    /// Adds text between two tags: entities decoded, white space folded unless `keep_space`.
    void add(std::string_view markup, bool keep_space);
    /// <br>.
    void add_line_break();

    /// The text of the block so far. `finish` ends it: the next block starts behind it.
    [[nodiscard]] std::string_view block() const noexcept { return between(block_, end_); }
    std::string_view finish() noexcept;

private:
    static std::string_view between(char const* from, char const* to) noexcept
    {
        return {from, static_cast<std::size_t>(to - from)};
    }
    void put(char c) noexcept;
    void put_folded(char c) noexcept;
    void flush_space() noexcept;

    char* begin_;
    char* end_;
    char* block_;
    bool space_ = false; ///< white space was seen and not written yet
};

} // namespace errata

#pragma once

#include "problem/normalize.hpp"

namespace errata
{

class json_writer;

/// What of an upstream's document has not been said yet: everything that recognition did not consume, less what may not
/// be shown. Values are slices of the original text, never written anew.
class remainder
{
public:
    /// What is left out besides what was consumed.
    struct exclusions
    {
        bool leaks = false;           ///< members with internal names, and strings that leak
        bool of_server_error = false; ///< by the stricter patterns
        unsigned status = 0;          ///< of the canonical error: what only repeats it (`statusCode`)
        std::string_view detail{};    ///< likewise
    };
    using nodes = std::span<document::index const>;

    /// `consumed` by recognition, `dropped` by a rule.
    remainder(document const& doc, nodes consumed, nodes dropped, exclusions const& out,
              std::vector<std::uint8_t>& marks);

    /// The rest as one JSON text of at most about `limit` bytes; empty when nothing is left. What did not fit is said
    /// by
    /// `"truncated": true`. Wrappers that hold nothing else any more ({"error": {"details": {...}}}) are taken off. The
    /// result lies in the document's text or in `out`.
    [[nodiscard]] std::string_view write(std::size_t limit, std::string& out) const;

    static constexpr std::size_t any_depth = static_cast<std::size_t>(-1);

    /// Appends one node without what was removed from it, and without containers more than `levels` below it.
    void write_node(document::index node, std::size_t limit, json_writer& json, bool& truncated,
                    std::size_t levels = any_depth) const;

    /// Nothing of it is left.
    [[nodiscard]] bool is_gone(document::index node) const noexcept;
    /// It was taken out itself, not only everything below it.
    [[nodiscard]] bool is_hidden(document::index node) const noexcept;
    [[nodiscard]] bool is_whole(document::index node) const noexcept;
    [[nodiscard]] unsigned leaks() const noexcept { return leaks_; }

private:
    void mark(exclusions const& out);
    void settle();
    [[nodiscard]] document::index unwrapped() const noexcept;
    [[nodiscard]] document::index only_child(document::index node) const noexcept;

    document const& doc_;
    std::vector<std::uint8_t>& marks_;
    unsigned leaks_ = 0;
};

} // namespace errata

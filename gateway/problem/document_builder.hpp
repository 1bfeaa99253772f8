#pragma once

#include "problem/document.hpp"

namespace errata
{

/// What a reader writes its tree through: counts nodes and depth, so that no reader can pass a limit.
class document_builder
{
public:
    using index = document::index;
    using kind = document::kind;

    document_builder(document& doc, document::limits const& limits) noexcept : doc_(doc), limits_(limits)
    {
        doc_.max_depth_ = limits.max_depth;
    }

    /// Appends a node; `document::none` (and the tree is cut) when there are too many already.
    index add(index parent, kind type, std::string_view name, std::string_view text, std::string_view source = {})
    {
        if(doc_.nodes_.size() >= limits_.max_nodes)
        {
            cut();
            return document::none;
        }
        return doc_.append(parent, type, name, text, source);
    }

    index add_string(index parent, std::string_view name, std::string_view text)
    {
        return add(parent, kind::string, name, text);
    }

    void set_source(index at, std::string_view source) noexcept { doc_.nodes_[at].source = source; }
    void set_text(index at, std::string_view text) noexcept { doc_.nodes_[at].text = text; }
    void set_kind(index at, kind type) noexcept { doc_.nodes_[at].type = type; }
    [[nodiscard]] index parent(index at) const noexcept { return doc_.nodes_[at].parent; }
    [[nodiscard]] document::node const& node(index at) const noexcept { return doc_.nodes_[at]; }
    [[nodiscard]] std::size_t size() const noexcept { return doc_.nodes_.size(); }
    [[nodiscard]] std::size_t max_depth() const noexcept { return limits_.max_depth; }
    [[nodiscard]] std::size_t max_nodes() const noexcept { return limits_.max_nodes; }
    [[nodiscard]] bool full() const noexcept { return doc_.nodes_.size() >= limits_.max_nodes; }

    /// The body turned out to be `shape`, and this is it as UTF-8.
    void is(document::form shape, std::string_view text) noexcept
    {
        doc_.shape_ = shape;
        doc_.text_ = text;
    }

    /// A container at that depth was opened; the root is at 1.
    void reached(std::size_t depth) noexcept
    {
        if(depth + document::wrappers > limits_.max_depth)
            doc_.deep_ = true;
    }

    void cut() noexcept { doc_.cut_ = true; }
    [[nodiscard]] bool is_cut() const noexcept { return doc_.cut_; }
    /// Starts over: the last trial was of no use.
    void clear() noexcept { doc_.clear(); }

private:
    document& doc_;
    document::limits const& limits_;
};

} // namespace errata

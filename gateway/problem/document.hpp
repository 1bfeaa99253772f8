#pragma once

#include "problem/arena.hpp"
#include "problem/field.hpp"
#include "problem/key_meaning.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace errata
{

enum class wording : std::uint8_t;

/// The neutral tree of an error body: JSON, XML, HTML, form, text or nothing, parsed once and read by every dialect.
///
/// JSON values remember the slice of the original text they came from, so that what nobody consumed can be passed on
/// letter for letter (64-bit ids, `100.00`, duplicate names, order). XML elements become members by local name
/// (attributes as "@name", mixed text as "#text", an element with text alone becomes a string); form fields and
/// key=value records become string members; an HTML page becomes an object that the page reader describes.
///
/// Owns its nodes only: names and texts are views into the body given to `read` or into the arena. Not a DOM for
/// editing; building is the readers' business.
class document
{
public:
    enum class form : std::uint8_t
    {
        empty,
        json,
        xml,
        html,
        text,
        form_encoded,
        binary
    };
    enum class kind : std::uint8_t
    {
        null,
        boolean,
        number,
        string,
        object,
        array
    };
    using index = std::uint32_t;
    static constexpr index none = 0xffffffff;

    /// What node_sense.hpp has found out about a node.
    struct memo
    {
        key_sense key{};
        wording text{};
        bool has_key = false, has_text = false;
    };

    struct node
    {
        std::string_view name;   ///< decoded member name; empty for array elements and the root
        std::string_view text;   ///< decoded string; a number's or literal's own letters; empty for containers
        std::string_view source; ///< exact JSON text of the value; empty where there is none (XML, cut-off containers)
        index parent = none;
        index next = none;       ///< next sibling
        index child = none;      ///< first child
        std::uint32_t count = 0; ///< number of children
        kind type = kind::null;
        mutable memo seen;
        index last = none; ///< last child, while building

        constexpr node() = default;
        node(index below, kind of, std::string_view named, std::string_view said, std::string_view from) noexcept
            : name(named), text(said), source(from), parent(below), type(of)
        {
        }
    };
    static node const nothing; ///< what a node that does not exist is like; all is known about it already

    /// A node with its document: cheap to copy, false when the node does not exist. One that does not is null and
    /// empty: who looks further than an answer goes finds nothing there.
    class ref
    {
    public:
        ref() = default;
        ref(document const& doc, index at) noexcept : doc_(&doc), node_(at == none ? &nothing : &doc.nodes_[at]) {}

        explicit operator bool() const noexcept { return node_ != &nothing; }
        [[nodiscard]] index id() const noexcept
        {
            return *this ? static_cast<index>(node_ - doc_->nodes_.data()) : none;
        }
        [[nodiscard]] kind type() const noexcept { return node_->type; }
        [[nodiscard]] std::string_view name() const noexcept { return node_->name; }
        [[nodiscard]] std::string_view text() const noexcept { return node_->text; }
        [[nodiscard]] std::string_view source() const noexcept { return node_->source; }
        [[nodiscard]] std::size_t size() const noexcept { return node_->count; }
        [[nodiscard]] bool is_string() const noexcept { return type() == kind::string; }
        [[nodiscard]] bool is_number() const noexcept { return type() == kind::number; }
        [[nodiscard]] bool is_object() const noexcept { return type() == kind::object; }
        [[nodiscard]] bool is_array() const noexcept { return type() == kind::array; }
        [[nodiscard]] bool is_container() const noexcept { return is_object() || is_array(); }

        /// For node_sense.hpp alone.
        [[nodiscard]] memo& seen() const noexcept { return node_->seen; }
        /// For node_sense.hpp alone: a node of the same name for which this was called before, if it is remembered.
        /// From now on this node is, in its place.
        [[nodiscard]] ref namesake() const noexcept;
        /// The same for a node of the same text.
        [[nodiscard]] ref alike() const noexcept;

        /// Steps from a node that does not exist lead nowhere.
        [[nodiscard]] ref parent() const noexcept { return to(node_->parent); }
        [[nodiscard]] ref next() const noexcept { return to(node_->next); }
        [[nodiscard]] ref child() const noexcept { return to(node_->child); }

        /// The first member of that exact name; false when this is no object or has none.
        [[nodiscard]] ref member(std::string_view name) const noexcept;
        /// The same, ignoring ASCII case and `_`/`-` (errorCode, error_code, Error-Code).
        [[nodiscard]] ref member_like(std::string_view folded) const noexcept;
        [[nodiscard]] ref element(std::size_t position) const noexcept;
        /// An RFC 6901 pointer relative to this node; `*` as a segment means "the first child".
        [[nodiscard]] ref at(std::string_view pointer) const noexcept;
        /// A number without fraction, or a string that is one.
        [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;

        friend bool operator==(ref const&, ref const&) = default;

    private:
        ref(document const& doc, node const& at) noexcept : doc_(&doc), node_(&at) {}
        [[nodiscard]] ref to(index other) const noexcept
        {
            if(other == none)
                return {};
            if(!doc_)
                __builtin_unreachable(); // what leads anywhere stands in a document
            return {*doc_, other};
        }
        document const* doc_ = nullptr;
        node const* node_ = &nothing; // which does not move once the document is read
    };

    struct limits
    {
        std::size_t max_depth = 64;
        std::size_t max_nodes = 20'000; ///< what comes after is dropped and `cut` says so
    };

    /// Reads `body` (already without content coding) into this document, replacing what was there. Never fails: a
    /// body of no known form is text or binary. `body` and `text` must outlive the document's use.
    /// The charset comes from `content_type`, a BOM, an XML declaration or an HTML meta element.
    void read(std::string_view body, std::string_view content_type, limits const& bounds, arena& text);

    [[nodiscard]] ref root() const noexcept { return {*this, nodes_.empty() ? none : 0}; }
    [[nodiscard]] form shape() const noexcept { return shape_; }
    /// The body as UTF-8, repaired where it was not; for JSON the text that every `source` is a slice of.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] bool cut() const noexcept { return cut_; } ///< broken off, malformed further on, or over a limit
    /// How many levels a canonical error adds around what it quotes: its own, the envelope's, and that of a list which
    /// was cut.
    static constexpr std::size_t wrappers = 3;
    /// Nests so deep that a gateway of the same limits would not read it to its end once it is quoted.
    [[nodiscard]] bool deep() const noexcept { return deep_; }
    [[nodiscard]] std::size_t max_depth() const noexcept { return max_depth_; } ///< that it was read with
    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
    [[nodiscard]] node const& operator[](index i) const noexcept { return nodes_[i]; }

    /// For the readers: appends a node as the last child of `parent` (none for the root) and returns its index.
    index append(index parent, kind type, std::string_view name, std::string_view text, std::string_view source);

    /// Forgets everything but the capacity.
    void clear() noexcept;

private:
    friend class document_builder;
    std::vector<node> nodes_;
    mutable std::array<node const*, 32> named_{};  ///< by length and ends of its name, the last node asked about
    mutable std::array<node const*, 32> worded_{}; ///< by the length of its text
    std::string_view text_;
    form shape_ = form::empty;
    std::size_t max_depth_ = 0;
    bool cut_ = false;
    bool deep_ = false;
};

inline document::index document::append(index parent, kind type, std::string_view name, std::string_view text,
                                        std::string_view source)
{
    auto const at = static_cast<index>(nodes_.size());
    nodes_.emplace_back(parent, type, name, text, source);
    if(parent == none)
        return at;
    auto& p = nodes_[parent];
    ++p.count;
    (p.last == none ? p.child : nodes_[p.last].next) = at;
    p.last = at;
    return at;
}

} // namespace errata

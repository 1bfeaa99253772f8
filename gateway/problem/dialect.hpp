#pragma once

#include "problem/document.hpp"
#include "problem/recognize.hpp"
#include "problem/recognized.hpp"

#include <boost/system/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace errata
{

/// One thing that must be true of an answer for a dialect to apply. Which members count depends on `what`.
struct dialect_condition
{
    enum class test
    {
        status,         ///< `low` <= status <= `high`
        field_present,  ///< `subject` names a header field
        field_equals,   ///< ... whose value is `text`, ASCII case ignored
        field_contains, ///< ... whose value contains `text`, ASCII case ignored
        exists,         ///< `subject` is a JSON pointer
        equals,         ///< ... to a scalar whose text is `text`
        is_kind,        ///< ... to a node of kind `kind`
        matches,        ///< ... to a scalar in which RE2 `text` is found
        form,           ///< the document has form `form`
    };

    test what = test::exists;
    std::string subject{};
    std::string text{};
    unsigned low = 0, high = 0;
    document::kind kind = document::kind::object;
    document::form form = document::form::json;
};

/// Where a dialect keeps its field errors: a list of objects, or a map of field name to text, list of texts or object.
/// The inner pointers are relative to one entry (to one item of its list in a map) and may be empty in a map.
struct dialect_errors
{
    std::string at; ///< pointer to the list or map
    bool map = false;
    std::vector<std::string> field{}; ///< alternatives; the first that exists wins
    std::vector<std::string> detail{};
    std::vector<std::string> code{};
    std::vector<std::string> in{}; ///< pointer to a word such as "query"
};

struct dialect_hint
{
    std::string pointer;
    hint_unit unit = hint_unit::seconds;
};

/// A dialect as its author writes it: conditions that must all hold, and where things are. Pointers are RFC 6901 with
/// `*` for "the first child"; of several alternatives the first that leads to a non-empty scalar wins. What a dialect
/// says nothing about is read by meaning, so that a dialect with conditions alone only gives the shape its name.
struct dialect_source
{
    std::string name;
    std::vector<dialect_condition> when;
    unsigned confidence = 95; ///< percent, when all conditions hold
    std::vector<std::string> detail{}, title{}, code{}, help{}, request_id{};
    std::vector<dialect_hint> hints{}; ///< all of them count; their unit is thereby declared
    std::vector<std::string> oauth_error{}, oauth_description{}, oauth_uri{};
    std::vector<dialect_errors> errors{};
    std::string where{}; ///< file:line:column, for explain; empty: built in
};

/// Why a dialect was refused.
struct dialect_mistake
{
    std::string key; ///< the member that is wrong: "name", "when[1].matches", "detail[0]" ...
    std::string reason;
};

/// Dialects in order, most specific first; the first whose conditions all hold is taken. Immutable once shared.
class dialect_table
{
public:
    dialect_table();
    dialect_table(dialect_table&&) noexcept;
    dialect_table& operator=(dialect_table&&) noexcept;
    ~dialect_table();

    /// Checks and compiles `source` behind those already there.
    [[nodiscard]] boost::system::result<void, dialect_mistake> add(dialect_source source);
    /// Puts the built-in dialects behind those already there.
    void add_builtin();

    /// What is compiled of one dialect.
    class entry;
    /// The first dialect that applies, or nullptr.
    [[nodiscard]] entry const* match(document const& doc, answer_facts const& head) const;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// Does a condition ask what this header field holds, and not only whether it is there?
    [[nodiscard]] bool looks_at_value_of(std::string_view field) const noexcept;

private:
    /// A bit per member name at the top and right below it that the conditions need: rejects most answers at once.
    struct name_bits
    {
        std::uint64_t top = 0, inner = 0;
    };
    std::vector<name_bits> needed_; ///< one per entry, side by side
    /// Each entry under one bit that it needs at the top, or behind them all.
    std::array<std::vector<std::size_t>, 65> by_name_;
    std::vector<std::unique_ptr<entry const>> entries_;
    std::vector<std::string> fields_; ///< whose values conditions ask for
};

/// How many dialects are written down as built in, whether they compile or not.
[[nodiscard]] std::size_t builtin_dialect_count();

/// Writes what `dialect` declares over what is in `out` already (read by meaning before).
void apply(dialect_table::entry const& dialect, document const& doc, recognized& out, arena& memory);

} // namespace errata

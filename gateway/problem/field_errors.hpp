#pragma once

#include "problem/arena.hpp"
#include "problem/document.hpp"
#include "problem/recognized.hpp"

#include <string_view>
#include <vector>

namespace errata
{

/// Reads lists and maps of errors of any shape: lists of objects or texts, maps of field name to text, list or object,
/// nested maps and `_errors` leaves, XML lists in which an element repeats.
///
/// Owns nothing; appends to the vector given. At most `most_entries` are read.
class entry_reader
{
public:
    static constexpr std::size_t most_entries = 200;

    entry_reader(unsigned status, arena& memory, std::vector<field_error>& out) noexcept
        : status_(status), memory_(memory), out_(out)
    {
    }

    /// Reads everything below `container`. True when all of it is represented by the entries: what was left out (a
    /// rejected value, a context object) belongs to `details` then.
    /// `instead_of_sentence`: it stands where the message would; then even a single sentence is about a field.
    bool read(document::ref const& container, bool instead_of_sentence = false);

    /// Reads the complaints that stand under a field's own name. True as above.
    bool read_field(document::ref const& complaints);

    /// Reads one error object (an element of a list).
    bool read_item(document::ref const& item, std::string_view path);

    /// Reads a text that only a validator would write (`next_validator_complaint`), if it is one.
    void read_validator_text(std::string_view text);

    /// `["items", 0, "sku"]` as dotted text.
    std::string_view path_of(document::ref const& segments);

private:
    bool read_names(document::ref const& names);
    bool read_list(document::ref const& list, std::string_view path);
    bool read_map(document::ref const& map, std::string_view path);
    bool read_named(document::ref const& value, std::string_view path);
    bool read_text(document::ref const& text, std::string_view path);
    bool read_messages(document::ref const& messages, field_error const& about, bool named_by_rule);
    bool nest(document::ref const& nested, std::string_view path);
    bool add_keys(document::ref const& keys, field_error const& about);
    bool add_complaints(std::string_view text, field_error const& about);
    field_error about(std::string_view path);
    void add(field_error const& entry);
    std::string_view join(std::string_view path, std::string_view name);

    unsigned status_;
    arena& memory_;
    std::vector<field_error>& out_;
    unsigned depth_ = 0;
    bool labelled_ = false;   ///< each of them begins with a name and a colon
    std::size_t told_ = 0;    ///< entries of containers that were read before this one
    bool complaints_ = false; ///< sentences of the list are looked at for the fields that they name
};

/// True when an object is one error and not a map of field names: a message, code or reason stands in it as a plain
/// value.
[[nodiscard]] bool is_error_object(document::ref const& object);

/// True when every member reads like a field with its complaints (lists of sentences, at any depth): a map of field
/// errors under whatever name.
[[nodiscard]] bool is_field_map(document::ref const& object, bool words = false);

/// `"missing": ["from", "to"]`
[[nodiscard]] bool is_list_of_missing(document::ref const& list);

/// True for a list of sentences that all say what is wrong with something.
[[nodiscard]] bool complains_of_field(document::ref const& list);

/// True when every member is a sentence under a name of no known meaning: `{"rate": "Rate cannot be converted"}`.
[[nodiscard]] bool is_text_map(document::ref const& object);

/// True when all lists in the object hold complaints, whatever plain members stand beside them.
[[nodiscard]] bool holds_lists(document::ref const& object);

/// True for a plain member that, where complaints stand in lists, is about all of them: `"__type": "Validation Error"`.
[[nodiscard]] bool tells_of_the_whole(document::ref const& member);

/// True for a name under which forms and serializers put what is wrong with the whole: `_errors`, `__all__`.
[[nodiscard]] bool names_the_whole(std::string_view name);

/// True for texts of which one is about all of them: `{"_error": "Login failed", "name": "There is no such user"}`.
[[nodiscard]] bool holds_text_of_the_whole(document::ref const& object);

/// True when the fields stand below `children` or `properties`, beside the errors of the whole (Symfony's forms,
/// schemas).
[[nodiscard]] bool is_error_tree(document::ref const& object);

/// True for a member of a map of fields that is no field but holds more of them, or what is wrong with the whole.
[[nodiscard]] bool names_no_field(document::ref const& member);

/// True when violated rules stand under a field's name, each with its sentence: `{"email": {"isEmpty": "..."}}`.
[[nodiscard]] bool is_rule_map(document::ref const& object, std::string_view path);

/// True for a list in which the position of an element is that of what it complains about: nothing is wrong with empty
/// ones, as in `[{}, {"name": ["This field is required."]}]`.
[[nodiscard]] bool is_positional(document::ref const& list);

/// True when every member tells under a field's name what is wrong with it, as a sentence or as an error object:
/// `{"email": "must be a valid address", "age": {"code": "min", "message": "is too low"}}`.
[[nodiscard]] bool is_complaint_map(document::ref const& object);

/// True when every member, at any depth, holds the name of a violated rule: `{"email": "ALREADY_USED"}`.
[[nodiscard]] bool is_violation_map(document::ref const& object);

/// The rule in `"note:required"`, which a field's name stands before; empty where there is none.
[[nodiscard]] std::string_view rule_behind_name(std::string_view text);

/// True for a list of nothing else: `["note:required", "amount:min"]`.
[[nodiscard]] bool is_list_of_violations(document::ref const& list);

/// True when every member, at any depth, says what is demanded of it: `{"name": "must not be blank"}`.
[[nodiscard]] bool is_demand_map(document::ref const& object);

/// True for a list whose elements all name a field and say what is wrong with it.
[[nodiscard]] bool is_field_list(document::ref const& list);

/// True for a list of several elements that all name a field, whatever they say of it: `[{"field": "age", "min": 18},
/// {"field": "size", "max": 9}]`. Of a single one the message speaks.
[[nodiscard]] bool names_fields_throughout(document::ref const& list);

/// True for a list whose elements read like errors: objects with a sentence and a field or code of their own.
[[nodiscard]] bool is_error_list(document::ref const& list);

/// A member under the name that counts: `{"name": X, "value": V}` and `<field key="X">V</field>` are members called X.
struct named_value
{
    std::string_view name;
    document::ref value;
};
[[nodiscard]] named_value as_pair(document::ref const& member);

/// True for an XML-style list: all members have the same name, repeated or the container's singular.
[[nodiscard]] bool is_repeated_element(document::ref const& object);

/// Sets field and location from a path in any notation: JSON Pointer, JSONPath, dotted, brackets. Leading
/// body/query/path/header/ cookie segments become the location.
void set_field(field_error& entry, std::string_view path, arena& memory);

/// Sets the location from a word such as "query"; other words are ignored.
void set_location(field_error& entry, std::string_view word);

/// body, query, headers ... stand for a part of the request.
[[nodiscard]] bool names_location(std::string_view word);

/// A number, a string, true or false.
[[nodiscard]] inline bool is_scalar(document::ref const& node) noexcept
{
    return node && !node.is_container() && node.type() != document::kind::null;
}

/// The scalar inside `{"value": ...}`, `{"#text": ...}`, `{"lang": ..., "text": ...}`; false when there is none.
[[nodiscard]] document::ref content_of(document::ref const& object);

/// A scalar itself, or the one inside an object that comes down to it; false when there is none.
[[nodiscard]] inline document::ref plain_value(document::ref const& node)
{
    return is_scalar(node) ? node : content_of(node);
}

/// A `type` that names a part of the request or a JSON type is no class of errors.
[[nodiscard]] bool is_vague_kind(std::string_view word);

/// Can this text or number be a code: not the response's own status, no zero, no sentence, no verdict?
[[nodiscard]] bool is_code(document::ref const& scalar, unsigned status);

} // namespace errata

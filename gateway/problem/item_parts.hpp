#pragma once

#include "problem/document.hpp"
#include "problem/node_sense.hpp"

namespace errata
{

/// A candidate and what speaks for it.
struct item_part
{
    document::ref node;
    int weight = 0;
    int offers = 0; ///< how many texts wanted the role: all but one are not represented
    void offer(document::ref const& other, int other_weight)
    {
        offers += other && other_weight > 0;
        if(other && other_weight > weight)
            node = other, weight = other_weight;
    }
};

/// What one error object of a list says in its own members: the best of them for each part.
class item_parts
{
public:
    using ref = document::ref;

    /// `status`: of the answer; a code that repeats it is none.
    item_parts(ref const& object, unsigned status);

    item_part sentence, code, field, in;
    item_part symbol;  ///< stands where the sentence would
    ref messages;      ///< a list of sentences about the same field
    ref constraints;   ///< a map of violated rule to sentence (class-validator)
    ref fields;        ///< a list of the names of several fields
    ref sent;          ///< the values that were sent, under the field's own name
    ref rules;         ///< a list of the rules that the field violates
    ref nested;        ///< further errors below this one
    bool whole = true; ///< the parts represent all of the object

    /// GraphQL: the path leads into the response, not into the request.
    [[nodiscard]] bool in_response() const;

private:
    void read_member(ref const& m);
    void read_value(ref const& m, ref const& value, key_sense const& key);
    void read_container(ref const& m, key_sense const& key);
    void read_entries(ref const& m);
    void read_extensions(ref const& m);
    void read_context(ref const& m, unsigned depth = 0);
    void read_source(ref const& source);

    ref object_;
    unsigned status_;
};

/// What names the field in a list of fields: a text, or the member of an object that does; false when nothing does.
[[nodiscard]] document::ref name_of_field(document::ref const& listed);

/// Names a list of rules, as such: rules, policyRequirements.
[[nodiscard]] bool names_rules(std::string_view name);

/// What names the rule in a list of violated ones: `"MIN_LENGTH"`, `{"policyRequirement": "MIN_LENGTH", "params": {}}`.
[[nodiscard]] document::ref name_of_rule(document::ref const& rule);

/// True for a key that names the field of an error rather than its kind: complaints stand beside it, or a class of
/// errors.
[[nodiscard]] bool is_key_of_field(document::ref const& member);

/// True for `"constraint": "must be positive"`: what is wrong stands under a name that nobody listed.
[[nodiscard]] bool demands_under_any_name(document::ref const& member);

/// Names a list of parts of a request, each with its name: fields, parameters.
[[nodiscard]] bool names_parts(std::string_view name);

/// True for the `name` of an element of a list of fields or parameters: `"parameters": [{"name": "limit", ...}]`.
[[nodiscard]] bool is_name_of_part(document::ref const& member);

/// `"inputs": [{"input": "email", ...}]`: tells the elements of the list apart.
[[nodiscard]] bool is_named_after_list(document::ref const& member);

/// True for an `id` beside a type that says no more than "error": it tells which.
[[nodiscard]] bool is_id_of_error(document::ref const& member);

/// A list of the names of several fields: `"paths": ["/a", "/b"]`, `"fields": [{"fieldName": "postcode"}]`.
[[nodiscard]] bool lists_fields(document::ref const& member);

/// True for an `errorId` of a few digits: it numbers the kinds of errors. What names an occurrence is longer.
[[nodiscard]] bool numbers_kinds(document::ref const& member, document::ref const& value);

/// Can an answer with this status be about what the request contains?
[[nodiscard]] bool concerns_content(unsigned status) noexcept;

} // namespace errata

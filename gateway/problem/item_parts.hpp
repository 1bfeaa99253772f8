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

} // namespace errata

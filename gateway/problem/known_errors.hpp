#pragma once

#include "problem/reading.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace errata
{

/// Remembers what the last errors said. An upstream that is down or at its limit says the same again and again, octet
/// for octet: who reads each of them anew spends most where least is to be learnt. An answer that is seen for the
/// second time is kept with its reading, so that errors that all differ cost a hash and no memory. One per worker;
/// bounded: nothing large or compressed is kept.
class known_errors
{
public:
    static constexpr std::size_t places = 8, longest_body = 4096, most_head = 4096;

    /// The reading of this answer: of an equal one before, or made now, in `otherwise` if it is not to be kept. Lives
    /// until the next call.
    [[nodiscard]] reading& read(upstream_answer const& reply, error_policy const& errors, reading& otherwise);

private:
    /// An answer of its own, and what it says under these settings of the policy.
    struct known
    {
        std::string octets; ///< of the head and the body
        std::vector<field> fields;
        std::string_view body;
        unsigned status = 0;
        std::shared_ptr<dialect_table const> dialects; ///< held, so that no other can have its address
        std::size_t max_body = 0, max_depth = 0;
        expose exposed = expose::safe;
        std::string_view id; ///< of the request, told by the head alone
        reading says;

        void keep(upstream_answer const& reply, error_policy const& errors);
        [[nodiscard]] bool is(upstream_answer const& reply, error_policy const& errors) const;
        [[nodiscard]] bool has_fields(field_list theirs, error_policy const& errors) const;
        [[nodiscard]] bool take_id(field_list theirs);
    };
    struct place
    {
        std::size_t seen = 0; ///< hash of the last answer that belongs here
        std::unique_ptr<known> answer;
    };

    std::array<place, places> places_;
};

} // namespace errata

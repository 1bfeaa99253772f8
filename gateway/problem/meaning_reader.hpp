#pragma once

#include "problem/by_meaning.hpp"
#include "problem/field_errors.hpp"
#include "problem/node_sense.hpp"

namespace errata
{

constexpr int good_enough = 10; ///< what a sentence needs to be taken at all

/// A text that could play a role, and what speaks for it.
struct candidate
{
    std::string_view text;
    std::string_view source; ///< as JSON; empty when it must be made
    document::index node =
        document::none; ///< the member it stands for; none when it comes from a document inside a string
    int score = 0;

    void offer(candidate const& other) noexcept
    {
        if(other.score > score)
            *this = other;
    }
};

/// One walk over a document: every member offers itself for the roles it could play, the best of each role wins.
class meaning_reader
{
public:
    /// `nesting`: how many documents inside strings are around this one.
    meaning_reader(document const& doc, answer_facts const& head, arena& memory, recognized& out,
                   unsigned nesting = 0) noexcept
        : doc_(doc), head_(head), memory_(memory), out_(out), entries_(head.status, memory, out.errors),
          nesting_(nesting)
    {
    }

    void read();

private:
    using ref = document::ref;

    /// Where a member stands: what its containers add to or take from its score.
    struct scope
    {
        int bonus = 0;
        unsigned depth = 0;
        bool about_error = false; ///< inside something called error
        bool collect = true;      ///< false while the first of several errors is looked at for the message: they are in
                                  ///< errors[] already

        [[nodiscard]] scope deeper(int points) const noexcept
        {
            return {bonus + points, depth + 1, about_error, collect};
        }
        [[nodiscard]] scope in_error(int points) const noexcept { return {bonus + points, depth + 1, true, collect}; }
    };

    /// A member and the scalar that it comes down to.
    struct member
    {
        ref node;
        ref value;
        key_sense key;
        scope const& where;
        [[nodiscard]] int score() const noexcept { return key.weight + where.bonus; }
    };

    void walk(ref const& object, scope const& where);
    void walk_elements(ref const& list, scope const& where);
    void read_member(ref const& m, scope const& where);
    /// Reads a list or map of errors. `instead_of_sentence`: it stands where the message would (FastAPI's `detail`,
    /// NestJS's `message`): then its items are about the request's parts and none of them is the message.
    void read_fields_beside(ref const& root);
    void read_form(ref const& inputs);
    void collect(ref const& container, scope const& where, bool instead_of_sentence = false);
    void let_first_error_speak();
    void drop_offsets();
    void drop_full_messages();
    void conclude();

    void read_container(ref const& m, ref const& value, key_sense const& key, scope const& where);
    void read_error_container(ref const& value, scope const& where);
    void read_error_object(ref const& object, scope const& where);
    void read_possible_entries(ref const& m, ref const& value, scope const& where);
    void read_unknown_container(ref const& m, ref const& value, scope const& where);
    void read_links(ref const& value, scope const& where);

    void read_scalar(member const& m);
    void read_sentence(member const& m);
    void read_error_text(member const& m, int weight);
    void read_title(member const& m);
    void read_code(member const& m);
    void read_kind(member const& m);
    void read_status(member const& m);
    void read_uri(member const& m);
    void read_wait(member const& m);
    void read_other_waits();
    void read_unknown(member const& m);
    void read_inner_document(member const& m, int weight);

    void offer(candidate& role, ref const& node, std::string_view text, int score);
    void offer_code(member const& m, int score);
    void offer_phrase(member const& m, int score);
    void consume(document::index node);

    document const& doc_;
    answer_facts const& head_;
    arena& memory_;
    recognized& out_;
    entry_reader entries_;
    unsigned nesting_;
    candidate detail_, title_, code_, request_id_, help_, type_, instance_;
    candidate first_detail_, first_title_, first_code_; ///< of the first entry of a list or map of errors
    bool first_speaks_ = false;
    candidate last_resort_;       ///< a complaint far from where a message would stand, when nothing else is said
    bool in_form_ = false;        ///< the fields were named by a form
    bool canonical_ = false;      ///< the body is an answer of ours already
    std::string_view lone_field_; ///< a field named beside the message
};

} // namespace errata

// Waits that a body names: which members are hints about a retry, and in which unit.
#include "problem/answer_fields.hpp"
#include "problem/meaning_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace errata
{

namespace
{

constexpr unsigned deepest_wait = 12; ///< containers around a retry hint

constexpr std::string_view retry = "retry";

/// What a name says about a wait, `after` in an object called `retry` too.
key_sense wait_named(document const& doc, document::index at)
{
    auto const& n = doc[at];
    if(n.name.empty())
        return {};
    auto const key = meaning_of(document::ref{doc, at});
    if(key.what == meaning::wait)
        return key;
    if(n.parent == document::none || !iequals(doc[n.parent].name, retry) || n.name.size() > 16)
        return {};
    std::array<char, 32> both{};
    auto const end = std::copy(n.name.begin(), n.name.end(), std::copy(retry.begin(), retry.end(), both.begin()));
    auto const of_both = meaning_of(std::string_view{both.data(), static_cast<std::size_t>(end - both.begin())});
    return of_both.what == meaning::wait ? of_both : key_sense{};
}

/// The milliseconds of a google.protobuf.Duration written as an object (`{"seconds": 3, "nanos": 500000000}`, numbers
/// or strings). Nothing for other objects, and for what no duration may be.
std::optional<std::int64_t> duration_in(document::ref const& object) noexcept
{
    constexpr std::int64_t second = 1'000'000'000, millisecond = 1'000'000, most_seconds = 315'576'000'000;
    auto const seconds = object.member("seconds"), nanos = object.member("nanos");
    if(object.size() == 0 || object.size() != (seconds ? 1u : 0u) + (nanos ? 1u : 0u))
        return {};
    auto const whole = seconds ? seconds.integer() : 0, rest = nanos ? nanos.integer() : 0;
    if(!whole || !rest || *whole < 0 || *whole > most_seconds || *rest < 0 || *rest >= second)
        return {};
    return *whole * 1000 + (*rest + millisecond - 1) / millisecond;
}

/// Too deep for a hint to be about this answer.
bool lies_deep(document::ref node)
{
    unsigned depth = 0;
    while((node = node.parent()) && depth <= deepest_wait)
        ++depth;
    return depth > deepest_wait;
}

} // namespace

void meaning_reader::read_wait(member const& m)
{
    auto const text = trimmed(m.value.text());
    if(text.empty())
        return;
    // `retry_after: "soon"` is a hint too, one to be counted as nonsense; prose, and what stands beside a vaguer name,
    // is not.
    bool const sure = m.key.weight >= 80 && text.find(' ') == text.npos;
    if(!sure && text.find_first_of("0123456789") == text.npos)
        return;
    body_hint hint{text, hint_unit::unknown, m.key.unit != wait_unit::none};
    if(m.key.unit == wait_unit::seconds)
        hint.unit = hint_unit::seconds;
    else if(m.key.unit == wait_unit::milliseconds)
        hint.unit = hint_unit::milliseconds;
    else if(wording_of(m.value) != wording::number && text.find_first_not_of("0123456789.") != text.npos)
        hint.unit = text.find(':') == text.npos ? hint_unit::duration_text : hint_unit::date_text;
    out_.hints.push_back(hint);
    consume(m.node.id());
}

/// Waits under names that leave no doubt, wherever they stand: the walk passes over what says nothing else about the
/// error. What is under such a name and is no wait is a hint all the same, to be counted as nonsense, but stays where
/// it is.
void meaning_reader::read_other_waits()
{
    constexpr std::size_t most_nodes = 2000, most_hints = 32;
    constexpr unsigned no_doubt = 85;
    auto const is_read = [&](std::string_view text)
    { return std::ranges::any_of(out_.hints, [&](body_hint const& h) { return h.text.data() == text.data(); }); };
    auto const nodes = static_cast<document::index>(std::min(doc_.size(), most_nodes));
    for(document::index i = 0; i < nodes; ++i)
    {
        auto const key = wait_named(doc_, i);
        if(key.weight < no_doubt)
            continue;
        if(out_.hints.size() >= most_hints)
            return;
        ref const node{doc_, i};
        if(lies_deep(node))
            continue;
        auto const value = plain_value(node);
        auto const text = value ? trimmed(value.text()) : std::string_view{};
        if(text.empty() ? !node.is_container() : is_read(text))
            continue;
        auto const before = out_.hints.size();
        if(value)
            read_wait({node, value, key, {}});
        else if(auto const wait = duration_in(node))
        {
            out_.hints.push_back({decimal(*wait, memory_), hint_unit::milliseconds, true});
            consume(i);
        }
        if(out_.hints.size() == before)
            out_.hints.push_back({});
    }
}

} // namespace errata

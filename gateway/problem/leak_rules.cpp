#include "problem/leak_rules.hpp"

#include "problem/leak_grams.hpp"
#include "problem/leak_patterns.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <memory>

namespace errata
{
namespace
{
RE2::Options options()
{
    RE2::Options o;
    o.set_encoding(RE2::Options::EncodingLatin1); // bytes: all that the patterns name is ASCII
    o.set_log_errors(false);
    o.set_max_mem(64 << 20); // for the automaton's states, made as texts need them; the default makes it start over
    return o;
}

/// The patterns that apply to a class of answers, as one automaton and one by one. Immutable once built.
class leak_rules
{
public:
    explicit leak_rules(bool server_error) : any_(options(), RE2::UNANCHORED)
    {
        for(auto const& p : leak_patterns())
        {
            if(p.server_error_only && !server_error)
                continue;
            words_.add(p.words);
            any_.Add(p.expression, nullptr);
            each_.push_back({&p, std::make_unique<RE2>(p.expression, options())});
        }
        any_.Compile();
    }

    /// Most texts are clean, and the words alone say so for most of these.
    [[nodiscard]] bool suspects(std::string_view text) const
    {
        return words_.may_hold(text) && any_.Match({text.data(), text.size()}, nullptr);
    }

    /// Calls `on_leak` for every leak until it returns false.
    template <class OnLeak>
    void each(std::string_view text, OnLeak on_leak) const
    {
        std::vector<int> which;
        if(!any_.Match({text.data(), text.size()}, &which))
            return;
        for(auto const n : which)
            if(!matches_of(each_[static_cast<std::size_t>(n)], text, on_leak))
                return;
    }

private:
    struct rule
    {
        leak_pattern const* pattern;
        std::unique_ptr<RE2> expression;
    };

    template <class OnLeak>
    static bool matches_of(rule const& r, std::string_view text, OnLeak& on_leak)
    {
        constexpr std::size_t most = 64;
        std::size_t told = 0;
        // The whole match alone is asked for: that is the automaton's work; groups would cost ten times as much.
        re2::StringPiece const all{text.data(), text.size()};
        re2::StringPiece match;
        for(std::size_t at = 0; told < most && r.expression->Match(all, at, all.size(), RE2::UNANCHORED, &match, 1);)
        {
            auto const begin = static_cast<std::size_t>(match.data() - text.data());
            at = begin + match.size();
            leak const found{begin, begin + match.size(), r.pattern->kind};
            auto refined = r.pattern->refine ? r.pattern->refine(text, found) : std::optional{found};
            if(!refined)
                continue;
            if(++told == most)
                refined->kind = leak_kind::tail;
            if(!on_leak(*refined))
                return false;
        }
        return true;
    }

    leak_grams words_;
    RE2::Set any_;
    std::vector<rule> each_;
};

leak_rules const& rules_for(bool server_error)
{
    static leak_rules const on_client_error{false}, on_server_error{true};
    return server_error ? on_server_error : on_client_error;
}
} // namespace

void find_leaks(std::string_view text, bool server_error, std::vector<leak>& found)
{
    auto const& rules = rules_for(server_error);
    if(rules.suspects(text))
        rules.each(text, [&](leak const& l) { return found.push_back(l), true; });
}

bool has_leak(std::string_view text, bool server_error)
{
    auto const& rules = rules_for(server_error);
    bool any = false;
    if(rules.suspects(text))
        rules.each(text, [&](leak const&) { return any = true, false; });
    return any;
}

} // namespace errata

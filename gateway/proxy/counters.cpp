#include "proxy/counters.hpp"

#include <algorithm>

namespace errata
{

namespace
{

constexpr std::size_t most_routes = 4096, most_upstreams = 1024, most_dialects = 256;

/// The labels of an error in one word. Never 0: the marker bit.
struct packed
{
    static constexpr unsigned upstream_at = 12, status_at = 22, cause_at = 32, dialect_at = 40, origin_at = 48,
                              upstream_status_at = 50, marker_at = 63;

    static std::uint64_t pack(counters::error_labels const& e, label_table::label dialect)
    {
        auto const cause = e.cause ? static_cast<std::uint64_t>(*e.cause) + 1 : 0;
        return e.route | std::uint64_t{e.upstream} << upstream_at |
               std::uint64_t{std::min(e.status, 1023u)} << status_at | cause << cause_at |
               std::uint64_t{dialect} << dialect_at | static_cast<std::uint64_t>(e.origin) << origin_at |
               std::uint64_t{std::min(e.upstream_status, 1023u)} << upstream_status_at | std::uint64_t{1} << marker_at;
    }
    [[nodiscard]] label_table::label part(unsigned at, unsigned bits) const
    {
        return static_cast<label_table::label>(key >> at & ((1u << bits) - 1));
    }
    std::uint64_t key;
};

static_assert(most_routes <= 1 << 12 && most_upstreams <= 1 << 10 && most_dialects <= 1 << 8);

template <class T>
void ensure(std::atomic<T*>& slot)
{
    if(!slot.load(std::memory_order_relaxed))
        slot.store(new T, std::memory_order_release);
}

template <class T>
auto make_table(std::size_t size)
{
    auto table = std::make_unique<std::atomic<T*>[]>(size);
    ensure(table[label_table::none]);
    ensure(table[label_table::other]);
    return table;
}

template <class From, class To>
void add_all(From const& from, To& to)
{
    for(std::size_t i = 0; i < from.size(); ++i)
        to[i] += static_cast<typename To::value_type>(from[i].value());
}

} // namespace

void upstream_counters::forget_state() noexcept
{
    for(auto& level : now)
        level.set(0);
    for(auto* state : {&breaker_state, &shielded, &endpoints, &endpoints_usable})
        state->set(0);
}

retry_decision decision_of(retry_advice const& advice) noexcept
{
    return advice.allowed     ? retry_decision::allowed
           : advice.exhausted ? retry_decision::exhausted
                              : retry_decision::denied;
}

std::string_view name_of(retry_decision d) noexcept
{
    constexpr std::array<std::string_view, retry_decisions> names{"allowed", "denied", "exhausted"};
    return names[static_cast<std::size_t>(d)];
}

counters::counters()
    : route_names_(most_routes), upstream_names_(most_upstreams), dialect_names_(most_dialects),
      routes_(make_table<route_counters>(most_routes)), upstreams_(make_table<upstream_counters>(most_upstreams))
{
}

counters::~counters()
{
    for(std::size_t i = 0; i < most_routes; ++i)
        delete routes_[i].load();
    for(std::size_t i = 0; i < most_upstreams; ++i)
        delete upstreams_[i].load();
}

counters::label counters::route(std::string_view name)
{
    auto const l = route_names_.intern(name);
    ensure(routes_[l]);
    return l;
}

counters::label counters::upstream(std::string_view name)
{
    auto const l = upstream_names_.intern(name);
    ensure(upstreams_[l]);
    return l;
}

void counters::error(error_labels const& e)
{
    errors_.add(packed::pack(e, dialect_names_.intern(e.dialect)));
}

void counters::advice(retry_advice const& given) noexcept
{
    advice_[static_cast<std::size_t>(decision_of(given))][static_cast<std::size_t>(given.source)].add();
}

void counters::error_table::add(std::uint64_t key) noexcept
{
    auto at = (key * 0x9e3779b97f4a7c15u) >> 52;
    static_assert(slots == std::size_t{1} << (64 - 52));
    for(;; at = (at + 1) % slots)
    {
        auto const seen = slot_[at].key.load(std::memory_order_relaxed);
        if(seen == key)
            return slot_[at].count.add();
        if(seen == 0)
            break;
    }
    if(used_ >= slots * 3 / 4) // some must stay free for the search to end
        return unlabelled.add();
    ++used_;
    slot_[at].count.add();
    slot_[at].key.store(key, std::memory_order_release);
}

totals totals::sum(std::span<counters const* const> shards)
{
    totals all;
    for(auto const* shard : shards)
        all.add(*shard);
    return all;
}

void totals::add(counters const& shard)
{
    for(std::size_t i = 0; i < most_routes; ++i)
    {
        auto const* from = shard.routes_[i].load(std::memory_order_acquire);
        if(!from)
            continue;
        auto& to = routes[std::string(shard.route_names_.name(static_cast<label_table::label>(i)))];
        add_all(from->by_class, to.by_class);
        add_all(from->happened, to.happened);
        to.bytes_in += from->bytes_in.value();
        to.bytes_out += from->bytes_out.value();
        from->total.add_to(to.total);
    }
    for(std::size_t i = 0; i < most_upstreams; ++i)
    {
        auto const* from = shard.upstreams_[i].load(std::memory_order_acquire);
        if(!from)
            continue;
        auto const [place, fresh] =
            upstreams.try_emplace(std::string(shard.upstream_names_.name(static_cast<label_table::label>(i))));
        auto& to = place->second;
        add_all(from->happened, to.happened);
        add_all(from->now, to.now);
        to.breaker_state = std::max(to.breaker_state, from->breaker_state.value());
        to.shielded = std::max(to.shielded, from->shielded.value());
        to.endpoints = std::max(to.endpoints, from->endpoints.value());
        to.usable = fresh ? from->endpoints_usable.value() : std::min(to.usable, from->endpoints_usable.value());
        from->answer.add_to(to.answer);
    }
    add_errors(shard);
    shard.own_.add_to(own);
    for(std::size_t i = 0; i < retry_decisions; ++i)
        add_all(shard.advice_[i], advice[i]);
    add_all(shard.happened_, happened);
    add_all(shard.now_, now);
}

void totals::add_errors(counters const& shard)
{
    for(std::size_t i = 0; i < counters::error_table::slots; ++i)
    {
        auto const& slot = shard.errors_.slot_[i];
        packed const p{slot.key.load(std::memory_order_acquire)};
        if(p.key == 0)
            continue;
        error labels;
        labels.route = shard.route_names_.name(p.part(0, 12));
        labels.upstream = shard.upstream_names_.name(p.part(packed::upstream_at, 10));
        labels.status = p.part(packed::status_at, 10);
        auto const cause = p.part(packed::cause_at, 8);
        labels.cause = cause ? trait(static_cast<failure>(cause - 1)).name : "none";
        labels.dialect = shard.dialect_names_.name(p.part(packed::dialect_at, 8));
        labels.origin = static_cast<error_origin>(p.part(packed::origin_at, 2));
        labels.upstream_status = p.part(packed::upstream_status_at, 10);
        errors[labels] += slot.count.value();
    }
    if(auto const n = shard.errors_.unlabelled.value())
        errors[{"other", "other", 0, 0, "other", "other", error_origin::upstream}] += n;
}

} // namespace errata

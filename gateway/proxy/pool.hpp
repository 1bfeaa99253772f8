#pragma once

#include "proxy/head.hpp"
#include "proxy/transport.hpp"

#include <memory>
#include <vector>

namespace errata
{

class pool;
class link_yard;

/// One connection to an endpoint with what is read on it: the answer's head lives here until the next one.
struct link
{
    link(timer_wheel& wheel, block_pool& blocks) : wire(wheel, blocks) {}

    transport wire;
    response_parser parser;
    head answer;
    pool* home = nullptr;        ///< whose idle list it is in
    link_yard* yard = nullptr;   ///< where it is closing
    std::size_t slot = 0;        ///< where the pool keeps it while idle
    std::uint64_t exchanges = 0; ///< answers it has carried: 0 is a fresh connection
};

/// Where closed links stay until their last pending read has come back, and unused ones wait to be opened again.
class link_yard
{
public:
    link_yard(timer_wheel& wheel, block_pool& blocks) : wheel_(wheel), blocks_(blocks) {}

    [[nodiscard]] std::unique_ptr<link> fresh();
    /// Closes it; reuses its memory when nothing is pending on it any more.
    void retire(std::unique_ptr<link> l);

private:
    void keep(std::unique_ptr<link> l);

    timer_wheel& wheel_;
    block_pool& blocks_;
    std::vector<std::unique_ptr<link>> spare_;
    std::vector<std::unique_ptr<link>> closing_;
};

/// The idle connections of one endpoint on one shard, last used first. A read is pending on each, so that one that the
/// peer closes (or that says something unasked) leaves at once and is never given out.
class pool
{
public:
    pool(link_yard& yard, unsigned most, milliseconds idle) : yard_(yard), most_(most), idle_(idle) {}
    pool(pool const&) = delete;
    pool& operator=(pool const&) = delete;
    ~pool() { clear(); }

    /// An idle connection, or null.
    [[nodiscard]] std::unique_ptr<link> take();
    /// Takes back a connection whose exchange is wholly over.
    void put(std::unique_ptr<link> l);
    void retire(std::unique_ptr<link> l) { yard_.retire(std::move(l)); }
    [[nodiscard]] std::unique_ptr<link> fresh() { return yard_.fresh(); }
    /// Closes all idle ones.
    void clear();
    [[nodiscard]] std::size_t idle() const noexcept { return idle_links_.size(); }
    /// How many the peer has ended while they were idle, since this was last asked.
    [[nodiscard]] std::size_t take_died() noexcept { return std::exchange(died_, 0); }

private:
    static void woke(void* l);
    std::unique_ptr<link> remove(std::size_t slot);

    link_yard& yard_;
    std::vector<std::unique_ptr<link>> idle_links_;
    unsigned most_;
    milliseconds idle_;
    std::size_t died_ = 0;
};

} // namespace errata

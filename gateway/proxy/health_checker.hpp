#pragma once

#include "proxy/attempt.hpp"
#include "proxy/deadline.hpp"
#include "proxy/upstream.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace errata
{

/// Active checks of one upstream, made by one shard for all: each endpoint is asked in its own time, so that a slow one
/// delays no other. A check opens a connection of its own (that is part of what it checks) and, unless it is
/// for TCP alone, asks for a page; results go to the upstream, which tells the other shards.
class health_checker
{
public:
    /// Begins at once; the first result of an endpoint decides.
    health_checker(shard& home, std::shared_ptr<upstream> service);
    ~health_checker();
    health_checker(health_checker const&) = delete;
    health_checker& operator=(health_checker const&) = delete;

    /// Ends all checks. It may be destroyed once it has `ended`, of which the shard is told.
    void stop();
    [[nodiscard]] bool ended() const noexcept { return running_ == 0; }
    [[nodiscard]] upstream const& of() const noexcept { return *service_; }

private:
    struct probe;
    void begin(probe& p);
    void end();
    [[nodiscard]] task<> watch(probe& p);
    /// Nothing when it was us who could not ask.
    [[nodiscard]] task<std::optional<bool>> passes(probe& p);
    [[nodiscard]] milliseconds pause() const;

    shard& home_;
    std::shared_ptr<upstream> service_;
    std::vector<std::unique_ptr<probe>> probes_;
    std::size_t running_ = 0;
    bool stopping_ = false;
};

} // namespace errata

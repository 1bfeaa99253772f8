#pragma once

#include "proxy/counters.hpp"

#include <prometheus/collectable.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace errata
{

/// What the metrics tell that no shard counts.
struct process_facts
{
    std::string version;
    std::chrono::system_clock::time_point started{};
    std::uint64_t log_written = 0, log_dropped = 0;
    std::uint64_t reloads_done = 0, reloads_failed = 0;
    std::chrono::system_clock::time_point loaded{};                            ///< when the configuration in use was
    std::map<std::string, std::chrono::system_clock::time_point> certificates; ///< by file: when it ends
    unsigned shards = 0;
    bool ready = false, draining = false;
    bool reload_good = true; ///< what is on disk is what serves
};

/// The gateway's metrics for Prometheus: asks the shards' counters when it is asked. Keeps nothing.
class metrics : public prometheus::Collectable
{
public:
    /// The counters outlive it. `facts` is called for each collection.
    metrics(std::vector<counters const*> shards, std::function<process_facts()> facts)
        : shards_(std::move(shards)), facts_(std::move(facts))
    {
    }

    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

    /// In the text exposition format, version 0.0.4.
    [[nodiscard]] std::string text() const;
    static constexpr std::string_view media_type = "text/plain; version=0.0.4; charset=utf-8";

private:
    std::vector<counters const*> shards_;
    std::function<process_facts()> facts_;
};

} // namespace errata

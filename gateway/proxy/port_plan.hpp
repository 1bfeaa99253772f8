#pragma once

#include "routing/snapshot.hpp"

#include <boost/system/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace errata
{

class server_tls;

/// A listener in use, on all shards.
struct open_port
{
    unsigned id;            ///< by which the shards know it
    listener_config config; ///< as configured: port 0 stays 0
    std::string address;    ///< with the real port: "127.0.0.1:8080", "[::1]:8080", "unix:/path"
};

/// How the open ports become those of a new configuration: everything that can fail is done (certificates loaded,
/// sockets bound) before anything changes.
class port_plan
{
public:
    /// An error is a sentence for the user; then nothing stays open. `shards`: descriptors per port.
    [[nodiscard]] static boost::system::result<port_plan, std::string> make(std::vector<listener_config> const& wanted,
                                                                            std::vector<open_port> const& open,
                                                                            unsigned shards, unsigned& next_id);

    port_plan(port_plan&&) noexcept = default;
    port_plan& operator=(port_plan&&) = delete;
    ~port_plan(); ///< closes what nobody took

    struct step
    {
        unsigned id = 0;
        listener_config config; ///< with the real port
        std::shared_ptr<server_tls> tls;
        std::vector<int> descriptors; ///< one per shard; empty: the port is open already and only its settings change
    };
    std::vector<step> steps;       ///< in the configuration's order
    std::vector<open_port> ports;  ///< what is open afterwards
    std::vector<unsigned> retired; ///< what is not any more

private:
    port_plan() = default;
};

} // namespace errata

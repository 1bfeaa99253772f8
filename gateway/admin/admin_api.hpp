#pragma once

#include "admin/http_port.hpp"

#include <string>

namespace errata
{

class operation;

/// What the admin and telemetry ports answer: finds the page or the action, each of which is a function of its own.
class admin_api
{
public:
    explicit admin_api(operation& of) : operation_(of) {}

    /// `telemetry`: only probes and metrics.
    [[nodiscard]] task<admin_answer> handle(admin_request request, bool telemetry);

private:
    [[nodiscard]] task<admin_answer> readyz();
    [[nodiscard]] task<admin_answer> metrics_page();
    [[nodiscard]] task<admin_answer> upstreams();
    [[nodiscard]] task<admin_answer> change_endpoint(std::string path);
    [[nodiscard]] task<admin_answer> errors(admin_request request);
    [[nodiscard]] task<admin_answer> routes();
    [[nodiscard]] task<admin_answer> switch_maintenance(admin_request request);
    [[nodiscard]] task<> measure();
    [[nodiscard]] admin_answer at_once(admin_request const& request);
    [[nodiscard]] admin_answer reload();
    [[nodiscard]] static admin_answer log_level(admin_request const& request);

    operation& operation_;
};

} // namespace errata

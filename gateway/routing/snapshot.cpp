#include "routing/snapshot.hpp"

#include "routing/route_table.hpp"

namespace errata
{

snapshot::snapshot() = default;
snapshot::~snapshot() = default;

} // namespace errata

#include "problem/document.hpp"
#include "problem/utf8.hpp"

#include "require.hpp"

#include <boost/json/parse.hpp>

using namespace errata;

namespace
{
bool is_within(std::string_view part, std::string_view whole)
{
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// A source stands for the value and for nothing else: it parses on its own, or goes beyond what Boost.JSON reads.
bool is_json(std::string_view source)
{
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 1024;
    (void)boost::json::parse({source.data(), source.size()}, error, {}, options);
    return !error;
}
} // namespace

/// The first line is the Content-Type, the rest the body.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto body = as_text(data, size);
    auto const type = first_line(body);
    arena memory;
    document doc;
    document::limits const limits{.max_depth = 16, .max_nodes = 500};
    doc.read(body, type, limits, memory);

    REQUIRE(doc.size() <= limits.max_nodes);
    REQUIRE(utf8_prefix(doc.text()) == doc.text().size());
    for(document::index i = 0; i < doc.size(); ++i)
    {
        auto const& n = doc[i];
        REQUIRE(is_within(n.source, doc.text()));
        REQUIRE(n.source.empty() || is_json(n.source));
        REQUIRE(utf8_prefix(n.text) == n.text.size());
        REQUIRE(utf8_prefix(n.name) == n.name.size());
        REQUIRE(n.parent == document::none || n.parent < i);
        REQUIRE((n.next == document::none || n.next > i) && (n.child == document::none || n.child > i));
    }
    auto const found = doc.root().at("/*/*/0");
    REQUIRE(!found || !found.integer() || !found.is_container());
    return 0;
}

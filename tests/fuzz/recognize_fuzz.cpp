#include "problem/dialect.hpp"
#include "problem/field_errors.hpp"
#include "problem/recognize.hpp"
#include "problem/utf8.hpp"

#include "require.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

using namespace errata;

namespace
{
/// A code is passed on as JSON: it must be one scalar.
bool is_scalar_json(std::string_view source)
{
    boost::json::error_code error;
    auto const value = boost::json::parse({source.data(), source.size()}, error);
    return !error && !value.is_structured();
}

void check_text(std::string_view text)
{
    REQUIRE(utf8_prefix(text) == text.size());
}

void check(recognized const& found, document const& doc)
{
    for(auto text : {found.detail, found.title, found.code, found.help, found.request_id, found.oauth_error,
                     found.oauth_description})
        check_text(text);
    REQUIRE(found.code_source.empty() || is_scalar_json(found.code_source));
    REQUIRE(!found.dialect.empty() && found.confidence <= 100);
    REQUIRE(found.errors.size() <= 3 * entry_reader::most_entries);
    for(auto const& e : found.errors)
    {
        check_text(e.field);
        check_text(e.detail);
        REQUIRE(!e.field.empty() || !e.detail.empty() || !e.code.empty());
        REQUIRE(e.code_source.empty() || is_scalar_json(e.code_source));
    }
    REQUIRE(std::is_sorted(found.consumed.begin(), found.consumed.end()));
    REQUIRE(found.consumed.empty() || found.consumed.back() < doc.size());
}
} // namespace

/// The first line is the Content-Type, the rest the body.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto body = as_text(data, size);
    auto const type = first_line(body);
    field const fields[] = {{"Content-Type", type}};
    arena memory;
    document doc;
    doc.read(body, type, {.max_depth = 64, .max_nodes = 2'000}, memory);
    for(unsigned const status : {200u, 422u, 503u})
    {
        recognized found;
        recognize(doc, {status, fields}, builtin_dialects(), memory, found);
        check(found, doc);
    }
    return 0;
}

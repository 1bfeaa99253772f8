// For developers: reads lines {"id","status","headers","body" or "body_b64"} and prints what the recogniser makes of
// each. Usage: recognize_jsonl < corpus.jsonl > predictions.jsonl
#include "problem/decode.hpp"
#include "problem/dialect.hpp"
#include "problem/leak_guard.hpp"
#include "problem/recognize.hpp"
#include "problem/retry.hpp"

#include <boost/beast/core/detail/base64.hpp>
#include <boost/json.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace
{

namespace json = boost::json;
using namespace errata;

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

json::value parsed_or_null(std::string_view source)
{
    if(source.empty())
        return nullptr;
    json::error_code ec;
    auto value = json::parse(json::string_view{source.data(), source.size()}, ec);
    return ec ? json::value(nullptr) : value;
}

std::string body_of(json::object const& sample)
{
    if(auto const* text = sample.if_contains("body"))
        return json::value_to<std::string>(*text);
    auto const encoded = json::value_to<std::string>(sample.at("body_b64"));
    std::string body(boost::beast::detail::base64::decoded_size(encoded.size()), '\0');
    body.resize(boost::beast::detail::base64::decode(body.data(), encoded.data(), encoded.size()).first);
    return body;
}

json::object predict(json::object const& sample)
{
    std::vector<std::pair<std::string, std::string>> owned;
    for(auto const& [name, value] : sample.at("headers").as_object())
        owned.emplace_back(name, value.is_string() ? json::value_to<std::string>(value) : json::serialize(value));
    std::vector<field> fields;
    for(auto const& [name, value] : owned)
        fields.push_back({name, value});
    auto const status = json::value_to<unsigned>(sample.at("status"));
    bool const server_error = status >= 500;

    arena memory;
    auto const raw = body_of(sample);
    auto const decoded = decode_content(raw, value_of(fields, "content-encoding"), 1 << 20, memory);
    document doc;
    doc.read(decoded ? *decoded : std::string_view{raw}, value_of(fields, "content-type"), {}, memory);
    recognized found;
    recognize(doc, {status, fields}, builtin_dialects(), memory, found);

    json::object out;
    out["id"] = sample.at("id");
    out["dialect"] = text_or_null(found.dialect);
    out["is_error"] = found.is_error;
    out["detail"] = text_or_null(guard(found.detail, server_error, memory).text);
    out["title"] = text_or_null(found.title);
    out["code"] = parsed_or_null(found.code_source);
    if(out["code"].is_null())
        out["code"] = text_or_null(found.code);
    json::array errors;
    for(auto const& e : found.errors)
        errors.push_back(json::object{{"field", text_or_null(e.field)},
                                      {"message", text_or_null(guard(e.detail, server_error, memory).text)},
                                      {"code", parsed_or_null(e.code_source)}});
    out["errors"] = std::move(errors);
    out["request_id"] = text_or_null(found.request_id);
    auto const read = read_hints(fields, found.hints, wall_clock::now());
    out["retry_after_s"] =
        read.wait ? json::value(static_cast<double>(read.wait->count()) / 1000) : json::value(nullptr);
    return out;
}

} // namespace

int main()
{
    std::ios::sync_with_stdio(false);
    for(std::string line; std::getline(std::cin, line);)
        std::cout << json::serialize(predict(json::parse(line).as_object())) << '\n';
}

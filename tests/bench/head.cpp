// What indexing and writing a request's head costs.
#include "proxy/head_writer.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace
{
using namespace errata;

std::string const small = "GET /v1/things/42 HTTP/1.1\r\nHost: bench.test\r\nUser-Agent: bench/1\r\n"
                          "Accept: application/json\r\n\r\n";

std::string const browser =
    "GET /v1/things/42?page=2 HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"118\", \"Not=A?Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 "
    "Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
    "Referer: https://www.example.com/v1/things\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\nCookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n\r\n";

void parse(benchmark::State& state, std::string const& text)
{
    head out;
    request_parser parser;
    for(auto _ : state)
        if(parser.parse(text, {}, out).status != parse_status::complete)
            state.SkipWithError("is refused");
}

void write(benchmark::State& state, std::string const& text)
{
    head from;
    request_parser parser;
    if(parser.parse(text, {}, from).status != parse_status::complete)
        state.SkipWithError("is refused");
    request_edits edits;
    edits.target = from.path_and_query;
    edits.host = edits.client_host = from.authority;
    edits.via = "gateway";
    edits.client_address = "192.0.2.1";
    edits.request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c";
    out_buffer out;
    for(auto _ : state)
    {
        out.clear();
        write_request_head(from, edits, out);
        benchmark::DoNotOptimize(out.view().data());
    }
}

BENCHMARK_CAPTURE(parse, small, small);
BENCHMARK_CAPTURE(parse, browser, browser);
BENCHMARK_CAPTURE(write, small, small);
BENCHMARK_CAPTURE(write, browser, browser);
} // namespace

#pragma once

// Boost.Beast's parser as a second opinion on heads that ours accepts.

#include "proxy/head.hpp"

#undef BOOST_BEAST_SEPARATE_COMPILATION
#include <boost/beast/http/basic_parser.hpp>

#include <vector>

namespace errata
{

template <bool is_request>
class beast_head : public boost::beast::http::basic_parser<is_request>
{
    using verb = boost::beast::http::verb;
    using text = boost::beast::string_view;
    using error = boost::beast::error_code;

public:
    std::vector<field> fields;
    std::string_view method, target, reason;
    unsigned status = 0;

    beast_head()
    {
        this->header_limit(1 << 20);
        this->body_limit(boost::none);
    }

private:
    static std::string_view view(text t) { return {t.data(), t.size()}; }

    void on_request_impl(verb, text m, text t, int, error&) override
    {
        method = view(m);
        target = view(t);
    }
    void on_response_impl(int s, text r, int, error&) override
    {
        status = static_cast<unsigned>(s);
        reason = view(r);
    }
    void on_field_impl(boost::beast::http::field, text name, text value, error&) override
    {
        fields.push_back({view(name), view(value)});
    }
    void on_header_impl(error&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error&) override {}
    std::size_t on_body_impl(text, error&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, text, error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text, error&) override { return 0; }
    void on_finish_impl(error&) override {}
};

inline void require(bool truth)
{
    if(!truth)
        __builtin_trap();
}

/// What we accept, Beast must read in the same way, except where it knows less (HTTP/1.2) or minds what changes nothing
/// (connection options that are no tokens).
template <bool is_request>
void agree_with_beast(std::string_view bytes, head const& ours)
{
    beast_head<is_request> theirs;
    boost::beast::error_code ec;
    if(!is_request && ours.body == framing::none)
        theirs.skip(true);
    theirs.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
    auto const excused = ours.has(field_id::connection) || ours.has(field_id::proxy_connection) ||
                         ec == boost::beast::http::error::bad_version;
    if(excused && ec)
        return;
    require(!ec && theirs.is_header_done());
    require(theirs.fields == ours.fields);
    require(theirs.method == ours.method && theirs.target == ours.target);
    require(theirs.status == ours.status && theirs.reason == ours.reason);
    require(theirs.chunked() == ours.has(field_id::transfer_encoding));
    require(theirs.content_length().has_value() == ours.has(field_id::content_length));
    if(ours.has(field_id::content_length))
        require(*theirs.content_length() == ours.content_length);
}

} // namespace errata

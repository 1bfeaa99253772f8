// TLS on both sides of the real program: versions, names, client certificates, resumption, rotation, verification.
#include "gateway_fixture.hpp"
#include "support/tls_wire.hpp"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

namespace errata::test
{
namespace
{
using std::filesystem::copy_options;

std::string field(std::string const& head, std::string const& name)
{
    auto const at = head.find("\r\n" + name + ": ");
    return at == std::string::npos
               ? ""
               : head.substr(at + name.size() + 4, head.find("\r\n", at + 2) - at - name.size() - 4);
}

class tls_in : public gateway_fixture
{
protected:
    [[nodiscard]] std::string files(std::string const& name) const
    {
        return "{certificate: " + made.certificate(name) + ", key: " + made.key(name) + "}";
    }
    [[nodiscard]] tls_wire handshake(tls_wire::options const& how) const { return tls_wire::connect(connect(), how); }

    /// One request over this connection; the upstream's view of it.
    message exchanged(tls_wire& client, std::string const& request = get())
    {
        client.send(request);
        auto server = upstream.accept();
        auto seen = read_request(server);
        server.send(response("200 OK", "ok", "Connection: close\r\n"));
        EXPECT_TRUE(client.read_until("\r\n\r\nok").starts_with("HTTP/1.1 200 OK\r\n"));
        return seen;
    }

    certificate_maker const made;
};

TEST_F(tls_in, speaks_1_2_and_1_3_and_nothing_older)
{
    made.make("a", "DNS:a.example");
    start({.listener = "tls: {certificates: [" + files("a") + "]}"});
    for(auto const& [version, name] : {std::pair{TLS1_2_VERSION, "TLSv1.2"}, std::pair{TLS1_3_VERSION, "TLSv1.3"}})
    {
        auto client = handshake({.least_version = version, .most_version = version});
        EXPECT_EQ(client.version(), name);
        EXPECT_EQ(exchanged(client).value("X-Forwarded-Proto"), "https");
    }
    for(auto const version : {TLS1_VERSION, TLS1_1_VERSION})
        EXPECT_THROW((void)handshake({.least_version = TLS1_VERSION, .most_version = version}), broken_wire);
}

TEST_F(tls_in, shows_the_certificate_of_the_name_that_is_asked_for)
{
    made.make("a", "DNS:a.example", "/CN=a");
    made.make("b", "DNS:*.b.example", "/CN=b");
    start({.listener = "tls: {certificates: [" + files("a") + ", " + files("b") + "]}"});
    for(auto const& [asked, shown] :
        {std::pair{"a.example", "/CN=a"}, std::pair{"www.b.example", "/CN=b"}, std::pair{"WWW.B.EXAMPLE", "/CN=b"},
         std::pair{"other.example", "/CN=a"}, std::pair{"", "/CN=a"}})
        EXPECT_EQ(handshake({.name = asked}).peer_subject(), shown) << asked;
}

TEST_F(tls_in, tells_the_upstream_whose_certificate_it_was_and_nobody_else_can)
{
    made.make("server", "DNS:a.example");
    made.make("alice", "DNS:alice.example", "/O=Example/CN=alice");
    auto const claims = get("/", "X-Client-Cert-Subject: CN=mallory\r\nx-client-cert-subject: CN=mallory\r\n");

    start({.listener = "tls: {certificates: [" + files("server") + "], client_ca: " + made.ca() + "}"});
    auto alice = handshake({.certificate = made.certificate("alice"), .key = made.key("alice")});
    EXPECT_EQ(exchanged(alice, claims).value("X-Client-Cert-Subject"), "CN=alice,O=Example");

    start({.listener =
               "tls: {certificates: [" + files("server") + "], client_ca: " + made.ca() + ", client_required: false}"});
    auto anybody = handshake({});
    EXPECT_FALSE(exchanged(anybody, claims).has("X-Client-Cert-Subject"));
}

// The upstream cannot know through which listener a request came.
TEST_F(tls_in, keeps_others_from_claiming_a_certificate_where_none_is_asked_for)
{
    made.make("server", "DNS:a.example");
    start({.listener = "limits: {fields: 50}}, {address: '127.0.0.1:0', tls: {certificates: [" + files("server") +
                       "], client_ca: " + made.ca() + "}"});
    auto client =
        sent(get("/", "X-Client-Cert-Subject: CN=mallory\r\nX_Client-cert_Subject: CN=mallory\r\nX-A: b\r\n"));
    auto server = upstream.accept();
    auto const seen = read_request(server);
    for(auto const& [name, value] : seen.fields)
        EXPECT_EQ(value.find("mallory"), std::string::npos) << name;
    EXPECT_EQ(seen.value("X-A"), "b");
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
}

TEST_F(tls_in, refuses_clients_that_prove_nothing)
{
    made.make("server", "DNS:a.example");
    made.make_untrusted("mallory", "DNS:mallory.example");
    start({.listener = "tls: {certificates: [" + files("server") + "], client_ca: " + made.ca() + "}"});
    tls_wire::options const proofs[] = {{}, {.certificate = made.certificate("mallory"), .key = made.key("mallory")}};
    for(auto const& proof : proofs)
        EXPECT_THROW(
            {
                auto client = handshake(proof); // in TLS 1.3 the refusal comes behind the client's handshake
                client.send(get());
                (void)client.read_until("\r\n");
            },
            broken_wire);
    EXPECT_FALSE(upstream.has_caller());
}

TEST_F(tls_in, resumes_sessions_also_with_client_certificates)
{
    made.make("server", "DNS:a.example");
    made.make("alice", "DNS:alice.example", "/CN=alice");
    start({.listener = "tls: {certificates: [" + files("server") + "], client_ca: " + made.ca() + "}",
           .top = "threads: 2\n"});
    for(auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        tls_wire::options how{.certificate = made.certificate("alice"),
                              .key = made.key("alice"),
                              .least_version = version,
                              .most_version = version};
        auto first = handshake(how);
        EXPECT_FALSE(first.resumed());
        (void)exchanged(first); // the ticket comes with the answer
        how.resume = first.session();
        for(int i = 0; i < 4; ++i) // whichever thread accepts it
        {
            auto again = handshake(how);
            EXPECT_TRUE(again.resumed());
            EXPECT_EQ(exchanged(again).value("X-Client-Cert-Subject"), "CN=alice");
        }
        SSL_SESSION_free(how.resume);
    }
}

TEST_F(tls_in, takes_new_certificates_without_losing_a_request)
{
    made.make("used", "DNS:a.example", "/CN=old");
    made.make("new", "DNS:a.example", "/CN=new");
    start({.listener = "tls: {certificates: [" + files("used") + "]}", .route = "match: {path_prefix: /api}"});
    auto kept = handshake({});
    EXPECT_EQ(kept.peer_subject(), "/CN=old");
    std::atomic<bool> over = false;
    std::atomic<unsigned> served = 0, lost = 0;
    std::thread load(
        [&]
        {
            while(!over)
                try
                {
                    auto client = handshake({});
                    client.send(get("/elsewhere"));
                    (void)client.read_until("ROUTE_NOT_FOUND");
                    ++served;
                }
                catch(broken_wire const&)
                {
                    ++lost;
                }
        });
    std::filesystem::copy(made.certificate("new"), made.certificate("used"), copy_options::overwrite_existing);
    std::filesystem::copy(made.key("new"), made.key("used"), copy_options::overwrite_existing);
    gateway->signal(SIGHUP);
    EXPECT_TRUE(comes_true([&] { return handshake({}).peer_subject() == "/CN=new"; }));
    unsigned const before = served;
    EXPECT_TRUE(comes_true([&] { return served >= before + 2 || lost > 0; }));
    over = true;
    load.join();
    EXPECT_EQ(lost, 0U);
    EXPECT_GE(served, before + 2);
    (void)exchanged(kept, get("/api")); // a session of before the change goes on
}

TEST_F(tls_in, ends_an_answer_with_close_notify_and_cuts_it_without)
{
    made.make("a", "DNS:a.example");
    start({.listener = "tls: {certificates: [" + files("a") + "]}"});
    for(bool const whole : {true, false})
    {
        auto client = handshake({});
        client.send("GET / HTTP/1.0\r\n\r\n");
        auto server = upstream.accept();
        (void)read_request(server);
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half") +
                    (whole ? "0\r\n\r\n" : ""));
        server.close();
        EXPECT_TRUE(client.read_all().ends_with("half"));
        EXPECT_EQ(client.ended_in_order(), whole) << "RFC 9112 9.8: a truncation must not look like an end";
    }
}

TEST_F(tls_in, takes_records_however_they_are_cut)
{
    made.make("a", "DNS:a.example");
    start({.listener = "tls: {certificates: [" + files("a") + "]}"});
    for(auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        auto client = handshake({.least_version = version, .most_version = version});
        auto const answered = [&](std::string const& path)
        {
            auto server = upstream.accept();
            EXPECT_EQ(read_request(server).target, path);
            server.send(response("200 OK", path, "Connection: close\r\n"));
            EXPECT_TRUE(client.read_until("\r\n\r\n" + path).starts_with("HTTP/1.1 200 OK\r\n"));
        };
        for(auto const octet : client.sealed(get("/one")))
            client.send_sealed({&octet, 1});
        answered("/one");
        // Records in one piece, the last of them broken off, as large reads find them.
        auto records = client.sealed(get("/two"));
        records += client.sealed(get("/three"));
        client.send_sealed(std::string_view{records}.substr(0, records.size() - 3));
        answered("/two");
        client.send_sealed(std::string_view{records}.substr(records.size() - 3));
        answered("/three");
    }
}

TEST_F(tls_in, takes_an_upload_of_many_records)
{
    made.make("a", "DNS:a.example");
    start({.listener = "tls: {certificates: [" + files("a") + "]}"});
    std::string content;
    for(std::size_t i = 0; content.size() < 1'000'000; ++i)
        content += std::to_string(i) + ' ';
    auto client = handshake({});
    std::thread sending{
        [&]
        {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n");
            for(std::string_view left = content; !left.empty();)
            {
                // Of all sizes: below, at and above those of a record, of the first read and of large ones.
                static constexpr std::size_t sizes[] = {1, 16'384, 8'192, 70'000, 100, 16'383, 33'000};
                auto const piece = left.substr(0, sizes[left.size() % std::size(sizes)]);
                client.send(piece);
                left.remove_prefix(piece.size());
            }
        }};
    auto server = upstream.accept();
    auto const seen = read_request(server);
    sending.join();
    EXPECT_EQ(seen.body, content);
    server.send(response("200 OK", "ok"));
    EXPECT_TRUE(client.read_until("\r\n\r\nok").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(tls_in, says_nothing_upstream_of_a_request_that_breaks_off)
{
    made.make("a", "DNS:a.example");
    start({.listener = "tls: {certificates: [" + files("a") + "]}"});
    {
        auto client = handshake({});
        auto const record = client.sealed(get("/lost"));
        client.send_sealed(std::string_view{record}.substr(0, record.size() - 1));
        client.drop();
    }
    auto client = handshake({});
    EXPECT_EQ(exchanged(client, get("/kept")).target, "/kept");
}

class tls_out : public tls_in
{
protected:
    /// Starts before an https:// endpoint of this host name, with these members of `tls`.
    void start_towards(std::string const& host, std::string const& settings)
    {
        start({.upstream = settings.empty() ? "" : "tls: {" + settings + "}",
               .endpoint = "https://" + host + ":" + std::to_string(upstream.port())});
    }

    /// One request; what the upstream's end of the TLS session saw.
    tls_wire served(tls_wire::options const& how)
    {
        auto client = sent(get());
        auto server = tls_wire::accept(upstream.accept(), how);
        head = server.read_until("\r\n\r\n");
        server.send(response("200 OK", "ok", "Connection: close\r\n"));
        EXPECT_EQ(read_response(client).body, "ok");
        return server;
    }

    [[nodiscard]] tls_wire::options showing(std::string const& name) const
    {
        return {.certificate = made.certificate(name), .key = made.key(name)};
    }

    std::string head;
};

TEST_F(tls_out, asks_for_the_endpoint_by_its_name_and_verifies_it)
{
    made.make("a", "DNS:localhost");
    start_towards("localhost", "ca: " + made.ca());
    EXPECT_EQ(served(showing("a")).asked_name(), "localhost");
    EXPECT_EQ(field(head, "Host"), "localhost:" + std::to_string(upstream.port()));
}

TEST_F(tls_out, verifies_addresses_too_and_sends_no_name_then)
{
    made.make("a", "IP:127.0.0.1");
    start_towards("127.0.0.1", "ca: " + made.ca());
    EXPECT_EQ(served(showing("a")).asked_name(), "");
}

TEST_F(tls_out, verifies_the_name_that_is_pinned)
{
    made.make("a", "DNS:pinned.example");
    start_towards("127.0.0.1", "name: pinned.example, ca: " + made.ca());
    EXPECT_EQ(served(showing("a")).asked_name(), "pinned.example");
}

TEST_F(tls_out, trusts_nobody_but_its_ca)
{
    made.make("a", "IP:127.0.0.1");
    start_towards("127.0.0.1", "");
    auto client = sent(get());
    EXPECT_THROW((void)tls_wire::accept(upstream.accept(), showing("a")).read_until("\r\n"), broken_wire);
    EXPECT_EQ(text(own_error(read_response(client)), "code"), "UPSTREAM_TLS_CERTIFICATE");
}

TEST_F(tls_out, shows_its_own_certificate_where_it_has_one)
{
    made.make("a", "IP:127.0.0.1");
    made.make("gateway", "DNS:gateway.example", "/CN=gateway");
    start_towards("127.0.0.1", "ca: " + made.ca() + ", certificate: " + made.certificate("gateway") +
                                   ", key: " + made.key("gateway"));
    auto how = showing("a");
    how.ca = made.ca();
    EXPECT_EQ(served(how).peer_subject(), "/CN=gateway");
}

TEST_F(tls_out, takes_a_truncated_answer_for_what_it_is)
{
    made.make("a", "IP:127.0.0.1");
    start_towards("127.0.0.1", "ca: " + made.ca());
    for(bool const whole : {true, false})
    {
        auto client = sent(get());
        auto server = tls_wire::accept(upstream.accept(), showing("a"));
        (void)server.read_until("\r\n\r\n");
        server.send("HTTP/1.1 200 OK\r\n\r\nhalf");
        whole ? server.finish() : server.drop();
        auto const answer = read_response(client);
        EXPECT_EQ(answer.body, "half");
        EXPECT_EQ(answer.complete, whole) << "RFC 9112 9.8: without close_notify there may be more";
    }
}

} // namespace
} // namespace errata::test

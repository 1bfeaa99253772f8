#pragma once

#include "problem/normalize.hpp"
#include "proxy/attempt.hpp"
#include "proxy/content.hpp"
#include "proxy/exchange_notes.hpp"
#include "proxy/head_writer.hpp"
#include "proxy/observation.hpp"
#include "proxy/shard.hpp"
#include "proxy/trace_context.hpp"
#include "proxy/upload.hpp"

#include <array>
#include <string>
#include <vector>

namespace errata
{

class session;
struct access_record;

/// What `normalize` made of a large body on another thread, and the memory it lies in.
struct rewritten_apart
{
    workspace work;
    answer made;
};

/// One request and its answer: the story of docs/life-of-a-request.md. Finds the route, talks upstream through
/// attempts, decides what the answer is, sends it, records it. Reused by its session for one request after the other.
class exchange
{
public:
    exchange(shard& home, session& client);

    /// From a parsed head to a sent answer. Afterwards `keeps` says whether the connection may serve another request.
    [[nodiscard]] task<> run();
    /// Answers what could not be parsed or came too late; the connection ends.
    [[nodiscard]] task<> refuse(failure why, std::string_view detail);

    /// After an exception out of `run`: tells the client if it has heard nothing yet; the connection ends.
    [[nodiscard]] task<> recover();

    [[nodiscard]] bool keeps() const noexcept { return keep_; }
    /// What an OPTIONS that may go no further, or the Allow of a method that is never forwarded, names.
    static constexpr std::string_view ordinary_methods = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";
    /// The client may still be sending: close only after draining (RFC 9112 9.6).
    [[nodiscard]] bool lingers() const noexcept { return linger_; }
    /// The client must see that the answer is not whole.
    [[nodiscard]] bool cut() const noexcept { return cut_; }

    /// Ends the running exchange: client gone, drain deadline.
    void stop(failure why);

private:
    // Before an upstream is asked.
    void begin();
    void join_trace();
    [[nodiscard]] std::optional<failure_report> examine();
    void choose_route(route const* found);
    [[nodiscard]] bool asks_for_catalog() const;
    [[nodiscard]] task<> send_catalog();
    [[nodiscard]] failure_report maintenance() const;
    [[nodiscard]] std::optional<std::uint64_t> forwards_left() const;
    [[nodiscard]] bool is_misdirected() const;
    [[nodiscard]] bool is_loop() const;
    void take_content();
    void watch_client();
    void prepare_request();
    [[nodiscard]] std::string_view rewritten_target();

    // Guards.
    [[nodiscard]] std::optional<failure_report> admit();
    [[nodiscard]] task<std::optional<failure_report>> queue();
    void call_from_line();
    [[nodiscard]] task<std::optional<failure_report>> held_back();
    [[nodiscard]] hold_key caller_key() const;
    [[nodiscard]] shield_config const& shield_settings() const noexcept;
    [[nodiscard]] shield* window();
    [[nodiscard]] shield::caller caller() const;
    void raise_shield(unsigned status, std::optional<milliseconds> hint);
    void leave_guards();

    // Asking.
    [[nodiscard]] bool next_endpoint();
    void report_attempt(steady_time now);
    void unload();
    [[nodiscard]] bool repeats_on(unsigned status) const noexcept;
    [[nodiscard]] task<> back_off();
    [[nodiscard]] task<> try_once(bool fresh);
    [[nodiscard]] task<> settle();
    [[nodiscard]] task<> pass_interim();
    [[nodiscard]] bool may_repeat();

    // Answering.
    [[nodiscard]] bool answers_in_place(send_queue& out);
    [[nodiscard]] task<> answer();
    [[nodiscard]] task<> answer_error();
    void observe();
    void remember(std::string_view piece);
    [[nodiscard]] task<> look_at_observed();
    [[nodiscard]] bool write_repaired_head(upstream_answer const& reply, bool judged);
    [[nodiscard]] task<> answer_seen(upstream_answer const& reply);
    [[nodiscard]] errata::answer rewrite(upstream_answer const& reply, workspace& work);
    [[nodiscard]] bool write_seen(errata::answer const& ours);
    [[nodiscard]] task<> rewrite_aside(upstream_answer const& reply);
    [[nodiscard]] task<bool> answer_peeked();
    [[nodiscard]] bool frames_chunked();
    bool write_kept_head(unsigned status, field_list fields);
    [[nodiscard]] bool is_event_stream() const;
    [[nodiscard]] static bool closes(failure why);
    [[nodiscard]] bool content_unread() const;
    void note(errata::answer const& reply);
    void note_upstream();
    void count_findings(errata::answer const& reply);
    static task<> pump(transport& from, transport& to, milliseconds idle);
    [[nodiscard]] task<> collect(upstream_answer& reply, std::size_t most, milliseconds patience);
    [[nodiscard]] bool afford(std::size_t copied);
    void forget_copies() noexcept;
    void write_success_head(bool chunked, field const* extra);
    [[nodiscard]] task<> relay(bool chunked, std::string_view seen = {});
    task<> answer_broken_content();
    task<> answer_options();
    [[nodiscard]] task<> send_no_content(field_list fields);
    [[nodiscard]] task<> tunnel();
    [[nodiscard]] task<> send_failure(failure_report report);
    [[nodiscard]] task<> send_answer(errata::answer const& reply);
    void write_answer(errata::answer const& reply);
    [[nodiscard]] task<> send_out();
    [[nodiscard]] task<> deliver(send_queue& out);
    [[nodiscard]] task<> end_upload();
    void mind_unread_content() noexcept;
    void end_upstream();
    void finish();
    void record();
    void count_error();
    void sample(errata::answer const& reply);
    void log(log_lane& lane, std::chrono::microseconds total, std::chrono::microseconds own);
    void log_upstream(access_record& r) const;
    void log_error(access_record& r);

    [[nodiscard]] head const& request() const noexcept;
    [[nodiscard]] request_facts facts() const;
    [[nodiscard]] error_policy const& errors() const noexcept;
    [[nodiscard]] retry_policy const& retry() const noexcept;
    [[nodiscard]] response_edits edits();
    [[nodiscard]] std::uint64_t body_limit() const noexcept;
    [[nodiscard]] milliseconds patience() const noexcept;
    void select_end_to_end();

    static constexpr milliseconds connect_pause{50}; ///< between connects inside a connect_window

    shard& home_;
    session& client_;
    generation* gen_ = nullptr;
    route const* route_ = nullptr;
    upstream* service_ = nullptr;
    attempt attempt_;
    content request_content_;
    content answer_content_;
    upload upload_;
    out_buffer request_head_;     ///< kept for repeats
    out_buffer out_;              ///< towards the client
    out_buffer last_;             ///< last chunk and trailers
    read_buffer answer_head_;     ///< holds the head while content that must be seen comes after it
    std::string collected_;       ///< content that had to be seen and did not arrive in one piece
    std::string_view reply_body_; ///< all of it that was seen
    std::size_t afforded_ = 0;    ///< of the memory for copies of contents
    std::unique_ptr<observation> observed_;
    std::unique_ptr<rewritten_apart> apart_; ///< of a body that is not read on this thread
    std::string target_, path_memory_, allow_, endpoint_host_, max_forwards_;
    std::string_view path_; ///< of the target, normalised, without query
    std::vector<endpoint_index> tried_;
    breaker::permit permit_{};
    event turn_;                             ///< while waiting for a place
    place place_;                            ///< where concurrency is limited
    std::optional<milliseconds> known_wait_; ///< what a guard knows of the time to come back
    std::vector<field> end_to_end_;          ///< an error's fields without hop-by-hop ones
    deadline total_;
    std::string_view whole_; ///< request content that is wholly at hand
    std::string_view request_id_;
    std::array<char, 36> made_id_{};
    trace_context trace_;
    started_trace begun_;
    wall_clock::time_point now_{};
    steady_time began_{};
    std::optional<failure> stopped_;
    std::optional<failure> cause_;
    execution acted_ = execution::no;
    exchange_notes notes_;
    unsigned tries_ = 0, repeats_ = 0, status_ = 0, interims_ = 0;
    std::uint64_t sent_before_ = 0; ///< bytes, to the client, for earlier requests
    bool keep_ = true, linger_ = false, cut_ = false, committed_ = false;
    bool trace_begun_ = false;
    bool counted_ = false;    ///< in the retry budget
    bool unreported_ = false; ///< health and breaker have not heard of the attempt yet
    bool loaded_ = false;     ///< the attempt counts as load of its endpoint
    bool streaming_ = false;  ///< the request's content was not wholly at hand
    bool uploading_ = false;  ///< and has begun to go upstream: no repeat any more
};

} // namespace errata

#include "problem/by_meaning.hpp"
#include "problem/field_errors.hpp"
#include "problem/head_facts.hpp"
#include "problem/json_text.hpp"
#include "problem/node_sense.hpp"
#include "problem/prose.hpp"
#include "problem/wording.hpp"

#include <algorithm>

namespace errata
{

namespace
{

using ref = document::ref;

constexpr int most_blocks = 200; ///< an explanation stands near the top
constexpr int most_lines = 12;   ///< of one block
constexpr std::size_t shortest_id = 6;

/// How far a tag speaks for its text being the explanation.
int weight_of(std::string_view tag)
{
    struct row
    {
        std::string_view tag;
        int weight;
    };
    static constexpr row rows[] = {{"p", 40},     {"pre", 38},    {"body", 36},       {"div", 30},    {"td", 28},
                                   {"li", 20},    {"dd", 28},     {"blockquote", 34}, {"center", 34}, {"h1", 30},
                                   {"h2", 28},    {"h3", 24},     {"h4", 20},         {"h5", 18},     {"h6", 16},
                                   {"title", 12}, {"address", 0}, {"footer", 0},      {"nav", 0},     {"th", 0},
                                   {"dt", 0},     {"button", 0},  {"label", 4},       {"fields", 0},  {"caption", 10}};
    for(auto const& r : rows)
        if(r.tag == tag)
            return r.weight;
    return 24;
}

bool is_heading(std::string_view tag)
{
    return tag == "title" || (tag.size() == 2 && tag[0] == 'h');
}

/// The telling side of "example.org | 522: Connection timed out".
std::string_view heading_text(std::string_view text)
{
    for(std::string_view bar : {" | ", " · ", " :: ", " // "})
        if(auto const at = text.find(bar); at != text.npos)
        {
            auto const left = text.substr(0, at), right = text.substr(at + bar.size());
            text = explains(left) >= explains(right) && left.find(' ') != left.npos ? left : right;
        }
    return without_status(text);
}

/// "ValueError at /boom", "RuntimeError: ...", as frameworks title their debug pages.
bool titles_exception(std::string_view heading)
{
    auto const first = heading.substr(0, heading.find(' '));
    bool const exception = first.size() > 6 && (first.ends_with("Error") || first.ends_with("Exception")) &&
                           first.find_first_of("0123456789") == first.npos;
    return (exception && heading.find(" at /") != heading.npos) ||
           (first != "Error:" && without_exception(heading).size() < heading.size());
}

/// What of a debugger's can be seen on a page.
struct debugging
{
    bool titled = false;   ///< a heading names an exception or the debugger itself
    bool traced = false;   ///< a stack trace stands somewhere
    bool labelled = false; ///< its parts are labelled: the message is the exception's
};

debugging debugging_of(document const& doc, bool server_error)
{
    debugging seen;
    int blocks = 0;
    for(auto m = doc.root().child(); m && blocks < most_blocks; m = m.next(), ++blocks)
        if(m.is_object())
            seen.labelled = true;
        else if(m.is_string() && is_heading(m.name()))
            seen.titled = seen.titled || titles_exception(m.text()) || names_debugger(m.text());
        else if(m.is_string())
            seen.traced = seen.traced || shows_trace(m.text());
    // Pages that scripts draw carry the trace as data or in a comment.
    if(server_error)
        for(std::string_view mark : {"\n#0 /", "\"stacktrace\":", "\"stack_trace\":"})
            seen.titled = seen.titled || doc.text().find(mark) != std::string_view::npos;
    return seen;
}

class page_reader
{
public:
    page_reader(answer_facts const& head, arena& memory, recognized& out) : head_(head), memory_(memory), out_(out) {}

    void read(document const& doc)
    {
        bool const server_error = head_.status >= 500;
        auto const seen = debugging_of(doc, server_error);
        debugging_ = seen.titled || seen.traced;
        // A framework's debug page on a server error explains the code, not the failure, and all of it is internal. A
        // trace below an explanation is only left out.
        if(server_error && (seen.titled || (seen.traced && seen.labelled)))
            return;
        for(auto m = doc.root().child(); m; m = m.next())
            if(m.is_object())
                read_labelled(m);
            else if(m.is_string() && ++position_ <= most_blocks && !(server_error && tells_exception(m)))
                read_block(m);
        if(score_ > 0)
            out_.detail = trimmed(best_);
        if(wording_of(out_.title) == wording::phrase || out_.title == out_.detail)
            out_.title = {};
    }

private:
    /// Pairs that the page labels: Tomcat's "Message", Jetty's "MESSAGE:", a CDN's "Ray ID".
    void read_labelled(ref const& pairs)
    {
        for(auto m = pairs.child(); m; m = m.next())
            if(m.is_string())
                take_labelled(m.name(), gist_of(m.text()));
    }

    bool take_labelled(std::string_view label, std::string_view raw)
    {
        auto const text = without_status(raw);
        auto const key = meaning_of(label);
        auto const seen = wording_of(text);
        bool const told = key.what == meaning::sentence || key.what == meaning::error;
        if(told && key.weight > 60 && seen == wording::sentence && reads_as_prose(text))
            offer(text, key.weight + (key.weight > 80 ? 10 : 0));
        else if((key.what == meaning::code || (key.what == meaning::error && seen == wording::symbol)) &&
                key.weight >= 80 && out_.code.empty())
            take_code(text);
        else if(key.what == meaning::request_id && key.weight >= 80 && out_.request_id.empty() && text.size() >= 4 &&
                seen != wording::sentence)
            out_.request_id = text;
        else
            return false;
        return true;
    }

    /// On a debug page only the exception itself says something: a block that begins with one, or a plain paragraph.
    static bool holds_exception(ref const& block)
    {
        auto const text = trimmed(block.text());
        return block.name() == "p" || without_exception(text).size() < text.size();
    }

    bool tells_exception(ref const& block) const
    {
        auto const text = trimmed(block.text());
        return debugging_ && !is_heading(block.name()) &&
               (block.name() != "p" || without_exception(text).size() < text.size());
    }

    void take_code(std::string_view text)
    {
        auto const seen = wording_of(text);
        if(status_in(text) || (seen != wording::symbol && seen != wording::number))
            return;
        out_.code = text;
        out_.code_source = quoted(text, memory_);
    }

    void read_block(ref const& block)
    {
        if(out_.request_id.empty() && request_id_of(head_.fields).empty())
        {
            auto const text = trimmed(block.text());
            bool const id = announced_ && text.find_first_of("0123456789") != text.npos &&
                            wording_of(block) != wording::sentence && text.size() >= shortest_id;
            out_.request_id = id ? text : id_in(text).id;
            announced_ = text.ends_with(" ID:") || text.ends_with(" id:");
        }
        auto const weight = weight_of(block.name());
        if(weight == 0)
            return;
        if(is_heading(block.name()))
        {
            auto const shown = without_exception(heading_text(block.text()));
            if(out_.title.empty() && wording_of(shown) != wording::blank)
                out_.title = shown;
            if(out_.code.empty())
                take_code(code_in(shown));
            return offer_text(shown, weight);
        }
        if(looks_like_trace(block.text()) || (debugging_ && !holds_exception(block)))
            return;
        auto const text = without_status(block.text());
        auto const gist = gist_of(text);
        offer_lines(gist, weight);
        // What was to be said may come behind an empty phrase: "There was a conflict ...\n\nOrder is already paid"
        auto const rest = trimmed(text.substr(static_cast<std::size_t>(gist.data() + gist.size() - text.data())));
        if(!debugging_ && !looks_like_trace(rest))
            offer_lines(gist_of(rest), weight - 4);
    }

    void offer_lines(std::string_view gist, int weight)
    {
        int lines = 0;
        for(std::size_t at = 0; at < gist.size() && lines < most_lines; ++lines)
        {
            auto const end = std::min(gist.find('\n', at), gist.size());
            offer_line(gist.substr(at, end - at), weight - lines);
            at = end + 1;
        }
    }

    void offer_line(std::string_view raw, int weight)
    {
        auto line = trimmed(raw);
        while(line.starts_with("- ") || line.starts_with("* "))
            line = trimmed(line.substr(2));
        if(auto const colon = line.find(": ");
           colon <= 24 && take_labelled(line.substr(0, colon), line.substr(colon + 2)))
            return;
        offer_text(line, weight);
    }

    void offer_text(std::string_view line, int weight)
    {
        auto const said = without_exception(line);
        auto const seen = wording_of(said);
        if(seen == wording::phrase && said.ends_with('.'))
            return offer(said, 1); // worth a word when nothing else is said
        if(seen != wording::sentence)
            return;
        auto const reason = reads_as_prose(said) ? explains(said) : 0;
        offer(said, reason == 0 ? 0 : weight + reason - std::min(position_, 20));
    }

    void offer(std::string_view text, int score)
    {
        if(score <= score_)
            return;
        best_ = text;
        score_ = score;
    }

    answer_facts const& head_;
    arena& memory_;
    recognized& out_;
    std::string_view best_;
    int score_ = 0;
    int position_ = 0;
    bool announced_ = false; ///< the block before this one ends with "reference ID:"
    bool debugging_ = false; ///< the page shows an exception or a stack trace
};

} // namespace

void read_page(document const& doc, answer_facts const& head, arena& memory, recognized& out)
{
    page_reader{head, memory, out}.read(doc);
    // A page is markup, not structured context: nothing of it is worth passing on beside what was read.
    out.consumed.push_back(0);
}

/// "rpc error: code = Unavailable desc = no healthy backend": how gRPC libraries print a status.
bool read_grpc_text(std::string_view text, arena& memory, recognized& out)
{
    constexpr std::string_view lead = "rpc error: code = ", middle = " desc = ";
    auto const at = text.find(middle);
    if(!text.starts_with(lead) || at == text.npos)
        return false;
    out.code = text.substr(lead.size(), at - lead.size());
    out.code_source = quoted(out.code, memory);
    out.detail = trimmed(text.substr(at + middle.size()));
    if(auto const inner = out.detail.find(": desc = "); inner != out.detail.npos)
        out.detail = out.detail.substr(0, inner);
    return true;
}

void read_text(document const& doc, answer_facts const& head, arena& memory, recognized& out)
{
    out.consumed.push_back(0);
    auto text = gist_of(without_status(doc.root().text()));
    if(auto const told = id_in(text); !told.id.empty())
    {
        if(request_id_of(head.fields).empty())
            out.request_id = told.id;
        if(wording_of(told.before.substr(0, told.before.find_last_not_of(" -(|:") + 1)) == wording::phrase)
            return;
    }
    if(read_grpc_text(text, memory, out))
        return;
    while(text.starts_with('-') || text.starts_with('*'))
        text = trimmed(text.substr(1));
    auto const seen = wording_of(text);
    switch(seen)
    {
    case wording::sentence:
    case wording::word:
        if(seen == wording::sentence || text[0] < 'a' || text[0] > 'z' || text.ends_with('.'))
        {
            out.detail = text;
            break;
        }
        [[fallthrough]]; // badauth
    case wording::symbol:
        out.code = text;
        out.code_source = quoted(text, memory);
        break;
    default:
        break;
    }
    if(auto const code = code_in(text); !code.empty() && code != std::to_string(head.status))
    {
        out.code = code;
        out.code_source = quoted(code, memory);
    }
}

} // namespace errata

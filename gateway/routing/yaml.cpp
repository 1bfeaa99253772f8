#include "routing/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <unordered_set>

namespace errata
{
namespace
{
/// Ends the parse from inside yaml-cpp's events; never leaves this file.
struct parse_stopped
{
};

/// A stream over a string without copying it.
struct view_buffer : std::streambuf
{
    explicit view_buffer(std::string const& text)
    {
        auto* const begin = const_cast<char*>(text.data()); // streambuf's interface; the get area is never written
        setg(begin, begin, begin + text.size());
    }
};

std::size_t size_of(yaml_node const& node)
{
    std::size_t n = 1 + node.names.size();
    for(auto const& item : node.items)
        n += size_of(item);
    return n;
}

std::size_t depth_of(yaml_node const& node)
{
    std::size_t deepest = 0;
    for(auto const& item : node.items)
        deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
}

/// Builds the tree from yaml-cpp's events. yaml-cpp's own nodes cost ten times the time and forget duplicate keys.
class tree_builder : public YAML::EventHandler
{
public:
    tree_builder(std::uint16_t file, yaml_limits const& limits, std::vector<yaml_complaint>& complaints)
        : file_(file), limits_(limits), complaints_(complaints)
    {
    }

    /// What broke off keeps the members of its root that were complete.
    yaml_node take()
    {
        if(open_.empty())
            return std::move(root_);
        auto root = std::move(open_.front().value);
        root.names.resize(std::min(root.names.size(), root.items.size()));
        return root;
    }

    void OnDocumentStart(YAML::Mark const&) override {}
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const& at, YAML::anchor_t anchor) override { put(node(at, yaml_node::kind::null), anchor); }

    void OnAlias(YAML::Mark const& at, YAML::anchor_t anchor) override
    {
        auto const known = anchors_.find(anchor);
        if(known == anchors_.end())
            stop(at, "this alias refers to the value that contains it", "an anchor that is complete before its alias");
        if(open_.size() + known->second.depth > limits_.depth)
            stop(at, fmt::format("values are nested more than {} deep", limits_.depth), {});
        count(at, known->second.size);
        put(known->second.value, 0);
    }

    void OnScalar(YAML::Mark const& at, std::string const& tag, YAML::anchor_t anchor,
                  std::string const& value) override
    {
        // "?" is a plain scalar, "!" a quoted one; explicit tags (!!str) say nothing that the key table does not know.
        auto scalar = node(at, yaml_node::kind::scalar);
        scalar.quoted = tag != "?";
        scalar.text = value;
        if(!scalar.quoted && (value == "null" || value == "~" || value == "Null" || value == "NULL"))
            scalar.type = yaml_node::kind::null;
        put(std::move(scalar), anchor);
    }

    void OnSequenceStart(YAML::Mark const& at, std::string const&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        open(at, yaml_node::kind::list, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(YAML::Mark const& at, std::string const&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(at, yaml_node::kind::map, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct frame
    {
        yaml_node value;
        YAML::anchor_t anchor = 0;
        bool key_next = true; ///< in a map: the next value is a key
        std::unordered_set<std::string> seen;
        std::vector<yaml_node> merged; ///< maps named by `<<`
    };

    struct anchored
    {
        yaml_node value;
        std::size_t size = 0, depth = 0;
    };

    yaml_node node(YAML::Mark const& at, yaml_node::kind type)
    {
        count(at, 1);
        yaml_node made;
        made.type = type;
        made.file = file_;
        made.line = static_cast<unsigned>(at.line + 1);
        made.column = static_cast<unsigned>(at.column + 1);
        return made;
    }

    void count(YAML::Mark const& at, std::size_t more)
    {
        nodes_ += more;
        if(nodes_ > limits_.nodes)
            stop(at, fmt::format("more than {} values, aliases included", limits_.nodes), "a smaller file");
    }

    void open(YAML::Mark const& at, yaml_node::kind type, YAML::anchor_t anchor)
    {
        if(open_.size() >= limits_.depth)
            stop(at, fmt::format("values are nested more than {} deep", limits_.depth), {});
        open_.push_back({node(at, type), anchor, true, {}, {}});
    }

    void close()
    {
        auto done = std::move(open_.back());
        open_.pop_back();
        merge_defaults(done);
        put(std::move(done.value), done.anchor);
    }

    void put(yaml_node value, YAML::anchor_t anchor)
    {
        if(anchor)
            remember(anchor, value);
        if(open_.empty())
        {
            root_ = std::move(value);
            return;
        }
        auto& parent = open_.back();
        if(parent.value.is_list())
            parent.value.items.push_back(std::move(value));
        else if(parent.key_next)
            put_key(parent, std::move(value));
        else
            put_value(parent, std::move(value));
    }

    void remember(YAML::anchor_t anchor, yaml_node const& value)
    {
        auto const size = size_of(value);
        nodes_ += size; // the copy kept for aliases costs as much as the value itself
        anchors_[anchor] = {value, size, depth_of(value)};
    }

    void put_key(frame& map, yaml_node key)
    {
        map.key_next = false;
        if(!key.is_scalar())
        {
            complain(key, "a key has to be plain text", {});
            key.type = yaml_node::kind::scalar;
            key.items.clear();
            key.names.clear();
        }
        map.value.names.push_back(std::move(key));
    }

    void put_value(frame& map, yaml_node value)
    {
        map.key_next = true;
        auto& key = map.value.names.back();
        if(key.text == "<<" && !key.quoted)
        {
            map.value.names.pop_back();
            add_merged(map, std::move(value));
            return;
        }
        if(!map.seen.insert(key.text).second)
        {
            auto const* first = map.value.member(key.text);
            complain(key, fmt::format("the key `{}` is here a second time", key.text),
                     fmt::format("each key once; the first is on line {}", first ? first->line : 0));
            map.value.names.pop_back();
            return;
        }
        if(value.is_null())
        {
            // yaml-cpp places a value that is not there at the next token, often lines below.
            value.line = key.line;
            value.column = key.column;
        }
        map.value.items.push_back(std::move(value));
    }

    void add_merged(frame& map, yaml_node value)
    {
        if(value.is_map())
            map.merged.push_back(std::move(value));
        else if(value.is_list() &&
                std::all_of(value.items.begin(), value.items.end(), [](auto const& i) { return i.is_map(); }))
            for(auto& item : value.items)
                map.merged.push_back(std::move(item));
        else
            complain(value, "`<<` merges maps", "an alias of a map, or a list of such aliases");
    }

    static void merge_defaults(frame& map)
    {
        for(auto& source : map.merged)
            for(std::size_t i = 0; i < source.names.size(); ++i)
                if(map.seen.insert(source.names[i].text).second)
                {
                    map.value.names.push_back(std::move(source.names[i]));
                    map.value.items.push_back(std::move(source.items[i]));
                }
    }

    void complain(yaml_node const& at, std::string message, std::string expected)
    {
        complaints_.push_back({file_, at.line, at.column, std::move(message), std::move(expected)});
    }

    [[noreturn]] void stop(YAML::Mark const& at, std::string message, std::string expected)
    {
        complaints_.push_back({file_, static_cast<unsigned>(at.line + 1), static_cast<unsigned>(at.column + 1),
                               std::move(message), std::move(expected)});
        throw parse_stopped{};
    }

    std::uint16_t file_;
    yaml_limits const& limits_;
    std::vector<yaml_complaint>& complaints_;
    yaml_node root_;
    std::vector<frame> open_;
    std::unordered_map<YAML::anchor_t, anchored> anchors_;
    std::size_t nodes_ = 0;
};

void parse_documents(std::string const& text, tree_builder& builder, std::uint16_t file,
                     std::vector<yaml_complaint>& complaints)
{
    view_buffer buffer{text};
    std::istream in{&buffer};
    YAML::Parser parser{in};
    if(parser.HandleNextDocument(builder) && parser)
    {
        std::vector<yaml_complaint> ignored;
        yaml_limits const tiny{};
        tree_builder rest{file, tiny, ignored};
        if(parser.HandleNextDocument(rest))
        {
            auto const second = rest.take();
            complaints.push_back({file, std::max(second.line, 1u), std::max(second.column, 1u),
                                  "a second document begins here (`---`)", "one document per file"});
        }
    }
}
} // namespace

yaml_node const* yaml_node::member(std::string_view name) const noexcept
{
    for(std::size_t i = 0; i < names.size() && i < items.size(); ++i)
        if(names[i].text == name)
            return &items[i];
    return nullptr;
}

yaml_node parse_yaml(std::string const& text, std::uint16_t file, yaml_limits const& limits,
                     std::vector<yaml_complaint>& complaints)
{
    tree_builder builder{file, limits, complaints};
    if(text.size() > limits.bytes)
    {
        complaints.push_back({file, 1, 1, fmt::format("the file is larger than {} MiB", limits.bytes >> 20), {}});
        return {};
    }
    try
    {
        parse_documents(text, builder, file, complaints);
    }
    catch(YAML::Exception const& e)
    {
        auto const known = !e.mark.is_null();
        complaints.push_back({file,
                              known ? static_cast<unsigned>(e.mark.line + 1) : 1u,
                              known ? static_cast<unsigned>(e.mark.column + 1) : 1u,
                              "not YAML: " + e.msg,
                              {}});
    }
    catch(parse_stopped const&)
    {
        return {};
    }
    return builder.take();
}

} // namespace errata

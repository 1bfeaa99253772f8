// What the documentation shows is what the program does: examples are run, configurations are checked.

#include "command/command_line.hpp"
#include "routing/load.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

using namespace errata;

namespace
{
std::filesystem::path const root = ERRATA_SOURCE_DIR;

std::string contents(std::filesystem::path const& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// The Markdown files that a reader meets.
std::vector<std::filesystem::path> pages()
{
    std::vector<std::filesystem::path> found{root / "README.md"};
    for(auto const& entry : std::filesystem::recursive_directory_iterator(root / "docs"))
        if(entry.path().extension() == ".md")
            found.push_back(entry.path());
    return found;
}

/// Takes the next ```language block off `rest`; empty when there is none.
std::string next_block(std::string_view& rest, std::string const& language)
{
    auto const opening = "\n```" + language;
    auto const at = rest.find(opening);
    if(at == std::string_view::npos)
    {
        rest = {};
        return {};
    }
    auto const begin = rest.find('\n', at + 1) + 1;
    auto const end = rest.find("```", begin);
    auto block = std::string(rest.substr(begin, end - begin));
    rest.remove_prefix(end + 3);
    return block;
}

/// Words of a command line, "quoted ones" whole.
std::vector<std::string> words(std::string_view line)
{
    std::vector<std::string> found;
    std::istringstream in{std::string(line)};
    for(std::string word; in >> std::quoted(word);)
        found.push_back(word);
    return found;
}

std::string output_of(std::vector<std::string> const& arguments, std::string const& input)
{
    std::istringstream in{input};
    std::ostringstream out, err;
    console io{in, out, err, [](std::string const&) { return std::optional<std::string>{}; }};
    std::vector<char const*> argv{"errata"};
    for(auto const& a : arguments)
        argv.push_back(a.c_str());
    EXPECT_EQ(command_line(static_cast<int>(argv.size()), argv.data(), io), exit_good) << err.str();
    return out.str();
}

struct message
{
    std::vector<std::string> lines; ///< status line and fields
    std::string body;               ///< JSON without white space
};

message parsed(std::string text)
{
    std::erase(text, '\r');
    auto const border = text.find("\n\n");
    message m;
    std::istringstream head{text.substr(0, border)};
    for(std::string line; std::getline(head, line);)
        m.lines.push_back(line);
    m.body = boost::json::serialize(boost::json::parse(text.substr(border + 2)));
    return m;
}

std::vector<std::string> mistakes_in(std::string const& yaml)
{
    std::vector<std::string> found;
    for(auto const& m : load_text(yaml, "example.yaml", [](std::string const&) { return std::nullopt; }).mistakes)
        found.push_back(describe(m));
    return found;
}
} // namespace

TEST(documentation, shows_what_normalize_prints)
{
    unsigned examples = 0;
    for(auto const& page : pages())
    {
        auto const text = contents(page);
        std::string_view rest = text;
        for(auto at = rest.find("<!-- normalize "); at != std::string_view::npos; at = rest.find("<!-- normalize "))
        {
            rest.remove_prefix(at + 5);
            auto const arguments = words(rest.substr(0, rest.find(" -->")));
            auto const upstream = next_block(rest, "");
            auto const shown = parsed(next_block(rest, "http"));
            auto const real = parsed(output_of(arguments, upstream));
            EXPECT_THAT(real.lines, testing::IsSupersetOf(shown.lines)) << page << ": " << upstream;
            EXPECT_EQ(real.body, shown.body) << page;
            ++examples;
        }
    }
    EXPECT_GE(examples, 2u);
}

TEST(documentation, shows_configurations_without_mistakes)
{
    unsigned examples = 0;
    for(auto const& page : pages())
    {
        auto const text = contents(page);
        std::string_view rest = text;
        for(auto yaml = next_block(rest, "yaml"); !yaml.empty(); yaml = next_block(rest, "yaml"))
        {
            if(!yaml.starts_with("version:"))
                continue;
            EXPECT_THAT(mistakes_in(yaml), testing::IsEmpty()) << page << '\n' << yaml;
            ++examples;
        }
    }
    EXPECT_GE(examples, 1u);
}

TEST(container, is_shipped_with_configurations_without_mistakes)
{
    EXPECT_THAT(mistakes_in(contents(root / "config/errata.yaml")), testing::IsEmpty());

    auto const map = contents(root / "docker/kubernetes/configmap.yaml");
    std::istringstream lines{map.substr(map.find("errata.yaml: |\n") + 15)};
    std::string yaml;
    for(std::string line; std::getline(lines, line);)
        yaml += line.substr(std::min<std::size_t>(4, line.size())) + '\n';
    EXPECT_THAT(yaml, testing::StartsWith("version: 1"));
    EXPECT_THAT(mistakes_in(yaml), testing::IsEmpty());
}

#include "command/command_line.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>

int main(int argc, char** argv)
{
    errata::console io{std::cin, std::cout, std::cerr,
                       [](std::string const& name) -> std::optional<std::string>
                       {
                           auto const* value = std::getenv(name.c_str());
                           return value ? std::optional<std::string>{value} : std::nullopt;
                       }};
    try
    {
        return errata::command_line(argc, argv, io);
    }
    catch(std::exception const& e)
    {
        std::cerr << "errata: " << e.what() << '\n';
        return errata::exit_mistakes;
    }
}

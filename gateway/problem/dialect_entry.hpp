#pragma once

#include "problem/dialect.hpp"

#include <re2/re2.h>

#include <cstddef>
#include <optional>

namespace errata
{

/// A JSON pointer taken apart once, so that following it is comparing names.
class dialect_path
{
public:
    dialect_path() = default;
    explicit dialect_path(std::string_view pointer);

    /// The same as `from.at(pointer)`.
    [[nodiscard]] document::ref follow(document::ref from) const noexcept;

private:
    struct step
    {
        std::string name;                    ///< unescaped
        std::optional<std::size_t> position; ///< in an array
        bool first_child = false;            ///< `*`
    };
    std::vector<step> steps_;
};

/// A dialect with its expressions and pointers compiled. Only the dialect's own sources include this: RE2 stays out of
/// the others.
class dialect_table::entry
{
public:
    [[nodiscard]] bool applies(document const& doc, answer_facts const& head) const;

    dialect_source source;

    struct condition
    {
        dialect_condition said;
        dialect_path path;                  ///< of those about the body
        std::unique_ptr<RE2 const> pattern; ///< of `matches`
    };
    std::vector<condition> when; ///< those about the head first: they are cheap to ask
};

} // namespace errata

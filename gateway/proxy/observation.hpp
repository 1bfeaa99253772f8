#pragma once

#include "problem/normalize.hpp"

#include <string>
#include <vector>

namespace errata
{

/// A copy of an upstream's error, made while the original passes by, for mode observe to look at afterwards. Bounded by
/// `most` bytes of content; costs the original neither time nor a byte.
class observation
{
public:
    observation(unsigned status, field_list fields, std::size_t most);
    observation(observation const&) = delete;
    observation& operator=(observation const&) = delete;

    /// How much of a piece `add` will keep.
    [[nodiscard]] std::size_t room_for(std::string_view piece) const noexcept;
    void add(std::string_view piece);
    /// There is no memory for more.
    void give_up() noexcept;
    /// What there was to see. The views live as long as this.
    [[nodiscard]] upstream_answer seen() const;

private:
    unsigned status_;
    std::size_t most_;
    std::string head_; ///< names and values, one after the other
    std::vector<field> fields_;
    std::string content_;
    bool complete_ = true;
};

} // namespace errata

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

contract Switch {
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");
    address public immutable owner;
    bool public paused;

    constructor(address owner_, bool paused_) {
        owner = owner_;
        paused = paused_;
    }

    function hasRole(bytes32 role, address account) external view returns (bool) {
        return role == PAUSER_ROLE && account == owner;
    }
}

contract Multisig {
    uint256 private immutable threshold;

    constructor(uint256 threshold_) {
        threshold = threshold_;
    }

    function getThreshold() external view returns (uint256) {
        return threshold;
    }

    function getOwners() external pure returns (address[] memory owners) {
        owners = new address[](3);
        owners[0] = address(0xA11CE);
        owners[1] = address(0xB0B);
        owners[2] = address(0xC1E0);
    }
}
